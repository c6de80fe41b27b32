import { TASK_CANCEL, TASK_CANCEL_UNTIL } from "@outrigger/types";
import type { NodeStatus, Template } from "@outrigger/types";
import { assessAgentPod } from "../assess/agent-pod.ts";
import { hasOwnPod } from "../has-own-pod.ts";
import type { Run } from "../run.ts";
import { exactTime, isoTime, parseTime } from "../time.ts";

/**
 * Ends a node whose task is no longer wanted. Where an agent may be at work on it, the agent is told first and has a while to tell the
 * plugin and to report what that says (ADR 0008); the node ends with that report, or when the while is over.
 */
export function cancelTask(run: Run, node: NodeStatus, announced: Template | undefined, reason: string): NodeStatus {
  const { nowMs, config } = run.world;
  const asked = cancellationOf(announced);
  const cancellation = asked ?? { reason, untilMs: nowMs + config.agent.cancelGraceMs };
  if (announced === undefined || cancellation.untilMs <= nowMs || !isAgentAtWork(run)) {
    return run.mark(node.id, "Failed", cancellation.reason);
  }
  const template = asked === undefined ? withCancellation(announced, cancellation) : announced;
  if (asked === undefined) run.announcements.replace(node.id, template);
  run.wakeAt(cancellation.untilMs);
  const message = `${cancellation.reason}; waits until ${isoTime(cancellation.untilMs)} for the plugin to end`;
  run.waiting.push({ id: node.id, template, message });
  return node;
}

/** What to show of a task that was cancelled and has been reported on since: why, and what the plugin says. */
export function cancelledMessage(announced: Template | undefined, reported: string | undefined): string | undefined {
  const asked = cancellationOf(announced);
  if (asked === undefined || reported === undefined) return asked?.reason ?? reported;
  // Our agent says "cancelled: <reason>", and what went wrong about it.
  return reported.includes(asked.reason) ? reported.replace(/^cancelled: /, "") : `${asked.reason}: ${reported}`;
}

interface Cancellation {
  readonly reason: string;
  readonly untilMs: number;
}

function cancellationOf(task: Template | undefined): Cancellation | undefined {
  const { annotations = {} } = task?.metadata ?? {};
  const reason = annotations[TASK_CANCEL];
  const untilMs = parseTime(annotations[TASK_CANCEL_UNTIL]);
  return reason === undefined || untilMs === undefined ? undefined : { reason, untilMs };
}

function withCancellation(task: Template, { reason, untilMs }: Cancellation): Template {
  const annotations = {
    ...task.metadata?.annotations,
    [TASK_CANCEL]: reason,
    [TASK_CANCEL_UNTIL]: exactTime(untilMs),
  };
  return { ...task, metadata: { ...task.metadata, annotations } };
}

function isAgentAtWork(run: Run): boolean {
  const { world } = run;
  if (!hasOwnPod(run)) return true; // as far as anybody knows
  return assessAgentPod(world.agentPod, world.nowMs).kind === "well";
}
