import type { JsonObject } from "@outrigger/types";

// Any account but root; the number is Argo's.
const AGENT_USER = 8737;

export const POD_SECURITY_CONTEXT: JsonObject = {
  runAsNonRoot: true,
  runAsUser: AGENT_USER,
  seccompProfile: { type: "RuntimeDefault" },
};

/** For the agent's own containers. */
export const CONTAINER_SECURITY_CONTEXT: JsonObject = {
  ...POD_SECURITY_CONTEXT,
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
