import { WORKFLOWS } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import type { Workflow } from "@outrigger/types";

/** Creates the Workflows, in order. */
export async function submitWorkflows(
  workflows: readonly Workflow[],
  client: KubeClient,
): Promise<readonly ObjectRef[]> {
  const refs: ObjectRef[] = [];
  for (const workflow of workflows) {
    const namespace = workflow.metadata.namespace ?? "default";
    const { name = "" } = (await client.create(WORKFLOWS, namespace, workflow)).metadata;
    refs.push({ namespace, name });
  }
  return refs;
}
