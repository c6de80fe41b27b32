import { WORKFLOWS } from "@outrigger/kube";
import { ARGO_API_VERSION } from "@outrigger/types";
import type { KubeObject, OwnerReference } from "@outrigger/types";

/** What makes an object go with its Workflow. */
export function ownerReference(workflow: KubeObject): OwnerReference {
  const { name = "", uid = "" } = workflow.metadata;
  return { apiVersion: workflow.apiVersion ?? ARGO_API_VERSION, kind: workflow.kind ?? WORKFLOWS.kind, name, uid };
}
