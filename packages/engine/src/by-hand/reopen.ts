import { ANNOTATION_RETRIES, isCompleted, retriesOf, taskFacts } from "@outrigger/types";
import type { JsonValue, NodeType, Workflow } from "@outrigger/types";
import type { Change } from "../changes.ts";
import { loggedNodes } from "../clean-up.ts";
import { own } from "../own.ts";
import type { Run } from "../run.ts";
import type { World } from "../world.ts";

/** It has begun before, and somebody has taken its phase away: it was retried, by our command line or by Argo's. */
export function isReopened({ status }: Workflow): boolean {
  return status?.phase === undefined && status?.startedAt !== undefined;
}

/** It has been looked at and found sound, and holds what it refers to. */
export function hasBegun({ status = {} }: Workflow): boolean {
  const { phase, nodes = {}, storedTemplates, storedWorkflowTemplateSpec } = status;
  if (phase !== undefined || Object.keys(nodes).length > 0) return true;
  return storedTemplates !== undefined || storedWorkflowTemplateSpec !== undefined;
}

/** Counts the retry: nodes have the ids of the time before, and their calls must not be taken for those. */
export function countRetry(workflow: Workflow): Workflow {
  const { metadata } = workflow;
  const annotations = { ...metadata.annotations, [ANNOTATION_RETRIES]: String(retriesOf(metadata) + 1) };
  return { ...workflow, metadata: { ...metadata, annotations } };
}

/**
 * What has to go before anything is announced again: what the log still holds of the time before, which would be taken for answers of now,
 * and an agent that has been told that it is over. `workflow` has its retry counted.
 */
export function clearTimeBefore({ metadata }: Workflow, { taskSet, agentPod, nowMs }: World): readonly Change[] {
  if (taskSet === undefined) return [];
  const isOld = (id: string): boolean => {
    const task = own(taskSet.spec.tasks, id);
    return task === undefined || taskFacts(task as unknown as JsonValue).retries !== retriesOf(metadata);
  };
  const nodeIds = loggedNodes(taskSet);
  if (nodeIds.some(isOld)) {
    return [
      { kind: "trimTaskSet", order: "after", nodeIds, completes: true },
      { kind: "wakeAt", order: "after", timeMs: nowMs },
    ];
  }
  if (agentPod === undefined || agentPod.metadata.deletionTimestamp !== undefined) return [];
  if (nodeIds.length > 0 || !isCompleted(taskSet.metadata)) return [];
  const { name = "", uid = "" } = agentPod.metadata;
  return [{ kind: "deleteAgentPod", order: "after", name, uid, reason: "the Workflow is retried" }];
}

const GROUPS: ReadonlySet<NodeType> = new Set(["StepGroup", "TaskGroup"]);

/** Groups that go on may lack nodes, which were taken away in order to run again: Pending, a group makes what it lacks. */
export function reopenGroups({ tree }: Run): void {
  for (const node of Array.from(tree.values())) {
    if (GROUPS.has(node.type) && !tree.isFulfilled(node.id)) tree.change(node.id, { phase: "Pending" });
  }
}
