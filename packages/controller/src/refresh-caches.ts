import { PODS, WORKFLOWS, WORKFLOW_TASK_SETS, hasReason } from "@outrigger/kube";
import { agentPodName } from "@outrigger/types";
import type { ApplyContext } from "./apply-changes.ts";

/**
 * After a write that showed that a cache is behind (a conflict, something that exists already), reads anew what the write was
 * about, instead of waiting for the watch. An object that is gone, or cannot be read now, is left to the watch.
 */
export async function refreshCaches(
  error: unknown,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { client, workflows, taskSets, agentPods }: ApplyContext,
): Promise<void> {
  if (!hasReason(error, "Conflict", "AlreadyExists")) return;
  const reads = [
    client.get(WORKFLOWS, { namespace, name }).then((object) => workflows.noteWritten(object)),
    client.get(WORKFLOW_TASK_SETS, { namespace, name }).then((object) => taskSets.noteWritten(object)),
    client.get(PODS, { namespace, name: agentPodName(name) }).then((object) => agentPods.noteWritten(object)),
  ];
  await Promise.allSettled(reads);
}
