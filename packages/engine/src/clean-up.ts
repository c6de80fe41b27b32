import { isCompleted } from "@outrigger/types";
import type { NodeId, TtlStrategy, Workflow, WorkflowPhase, WorkflowTaskSet } from "@outrigger/types";
import type { Change } from "./changes.ts";
import { parseTime } from "./time.ts";
import type { World } from "./world.ts";

/** How a Workflow ended, and when. */
export interface Ended {
  readonly phase: WorkflowPhase;
  readonly finishedAt: string | undefined;
}

/**
 * What is left to do for a Workflow that has ended: empty its log, send the agent home, delete the pod after a while, and the
 * Workflow itself when its time has come.
 */
export function cleanUp(workflow: Workflow, ended: Ended, world: World): readonly Change[] {
  const steps = [
    ...closeTaskSet(world.taskSet),
    ...removePod(ended.finishedAt, world),
    ...expire(workflow, ended, world),
  ];
  const wakeTimes = steps.flatMap((step) => (step.kind === "wakeAt" ? [step.timeMs] : []));
  const work = steps.filter(({ kind }) => kind !== "wakeAt");
  return wakeTimes.length === 0 ? work : [...work, { kind: "wakeAt", order: "after", timeMs: Math.min(...wakeTimes) }];
}

/** All nodes that the log knows something of. */
export function loggedNodes(taskSet: WorkflowTaskSet | undefined): readonly NodeId[] {
  if (taskSet === undefined) return [];
  return [...new Set([...Object.keys(taskSet.spec.tasks), ...Object.keys(taskSet.status.nodes)])] as NodeId[];
}

function closeTaskSet(taskSet: WorkflowTaskSet | undefined): readonly Change[] {
  if (taskSet === undefined) return [];
  const nodeIds = loggedNodes(taskSet);
  const completes = !isCompleted(taskSet.metadata);
  return nodeIds.length === 0 && !completes ? [] : [{ kind: "trimTaskSet", order: "after", nodeIds, completes }];
}

// The logs of the agent pod go with the Workflow: an explicit time to live is shorter on purpose.
function expire({ metadata, spec }: Workflow, { phase, finishedAt }: Ended, { nowMs }: World): readonly Change[] {
  const seconds = timeToLive(spec.ttlStrategy, phase);
  if (seconds === undefined) return [];
  const dueMs = (parseTime(finishedAt) ?? nowMs) + seconds * 1_000;
  if (dueMs > nowMs) return [{ kind: "wakeAt", order: "after", timeMs: dueMs }];
  return [{ kind: "deleteWorkflow", order: "after", uid: metadata.uid ?? "" }];
}

// The more exact of the two that may be given counts.
function timeToLive(ttl: TtlStrategy = {}, phase: WorkflowPhase): number | undefined {
  const exact = phase === "Succeeded" ? ttl.secondsAfterSuccess : ttl.secondsAfterFailure;
  return exact ?? ttl.secondsAfterCompletion;
}

function removePod(finishedAt: string | undefined, { agentPod, config, nowMs }: World): readonly Change[] {
  if (agentPod === undefined || agentPod.metadata.deletionTimestamp !== undefined) return [];
  const dueMs = (parseTime(finishedAt) ?? nowMs) + config.agent.lingerMs;
  if (dueMs > nowMs) return [{ kind: "wakeAt", order: "after", timeMs: dueMs }];
  const { name = "", uid = "" } = agentPod.metadata;
  return [{ kind: "deleteAgentPod", order: "after", name, uid, reason: "the Workflow has ended" }];
}
