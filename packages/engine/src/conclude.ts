import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeStatus, WorkflowPhase } from "@outrigger/types";
import { isAgentNode } from "./nodes/agent-node.ts";
import type { Run } from "./run.ts";
import { workflowPhaseOf } from "./templates/workflow-phase.ts";

/** How a Workflow ended. */
export interface Ending {
  readonly phase: WorkflowPhase;
  readonly message: string | undefined;
}

/** What the entry node and the exit handler make of the Workflow; undefined while one of them goes on. */
export function endingOf(run: Run, entry: NodeStatus, exit: NodeStatus | undefined): Ending | undefined {
  if (!isFulfilled(entry.phase)) return undefined;
  if (exit !== undefined && !isFulfilled(exit.phase)) return undefined;
  if (exit !== undefined && isFailedOrError(exit.phase) && !isFailedOrError(entry.phase)) {
    return { phase: workflowPhaseOf(exit), message: exit.message };
  }
  return { phase: workflowPhaseOf(entry), message: messageOf(run, entry) };
}

function messageOf(run: Run, entry: NodeStatus): string | undefined {
  if (!isFailedOrError(entry.phase)) return undefined;
  const { shutdown } = run.workflow.spec;
  if (shutdown !== undefined) return `Stopped with strategy '${shutdown}'`;
  // What broke is the Workflow itself, not something that it ran.
  const ownError = entry.phase === "Error" && !isAgentNode(entry) && entry.message !== undefined;
  return ownError ? `error in entry template execution: ${entry.message}` : entry.message;
}

/** Leaves no node behind that looks as if it still ran. */
export function settleNodes(run: Run): void {
  for (const node of Array.from(run.tree.values())) {
    if (!isFulfilled(node.phase)) run.mark(node.id, "Error", "the Workflow ended before this node did");
  }
}
