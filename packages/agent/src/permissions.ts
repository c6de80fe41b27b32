import { SECRETS, TASK_SET_PERMISSIONS } from "@outrigger/kube";
import type { Permission } from "@outrigger/kube";

/** All that an agent asks of the API, in the namespace of its Workflow. A test holds it against what it does ask. */
export const AGENT_PERMISSIONS: readonly Permission[] = [
  ...TASK_SET_PERMISSIONS,
  {
    resource: SECRETS,
    verbs: ["get"],
    why: "headers of `http` templates that come from a Secret. Only where there are such: best with `resourceNames`, see [http.md](../http.md)",
  },
];
