import { isCompleted } from "@outrigger/types";
import type { NodeId, WorkflowTaskSet } from "@outrigger/types";
import type { Change } from "./changes.ts";
import { parseTime } from "./time.ts";
import type { World } from "./world.ts";

/** What is left to do for a Workflow that has ended: empty its log, send the agent home, and delete the pod after a while. */
export function cleanUp(finishedAt: string | undefined, world: World): readonly Change[] {
  return [...closeTaskSet(world.taskSet), ...removePod(finishedAt, world)];
}

/** All nodes that the log knows something of. */
export function loggedNodes(taskSet: WorkflowTaskSet | undefined): readonly NodeId[] {
  if (taskSet === undefined) return [];
  return [...new Set([...Object.keys(taskSet.spec.tasks), ...Object.keys(taskSet.status.nodes)])] as NodeId[];
}

function closeTaskSet(taskSet: WorkflowTaskSet | undefined): readonly Change[] {
  if (taskSet === undefined) return [];
  const nodeIds = loggedNodes(taskSet);
  return [
    ...(nodeIds.length === 0 ? [] : [{ kind: "trimTaskSet", order: "after", nodeIds } as const]),
    ...(isCompleted(taskSet.metadata) ? [] : [{ kind: "completeTaskSet", order: "after" } as const]),
  ];
}

function removePod(finishedAt: string | undefined, { agentPod, config, nowMs }: World): readonly Change[] {
  if (agentPod === undefined || agentPod.metadata.deletionTimestamp !== undefined) return [];
  const dueMs = (parseTime(finishedAt) ?? nowMs) + config.agent.lingerMs;
  if (dueMs > nowMs) return [{ kind: "wakeAt", order: "after", timeMs: dueMs }];
  const { name = "", uid = "" } = agentPod.metadata;
  return [{ kind: "deleteAgentPod", order: "after", name, uid, reason: "the Workflow has ended" }];
}
