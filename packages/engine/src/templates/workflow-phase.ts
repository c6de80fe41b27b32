import type { NodePhase, NodeStatus, WorkflowPhase } from "@outrigger/types";

const PHASES: Readonly<Record<NodePhase, WorkflowPhase>> = {
  Pending: "Pending",
  Running: "Running",
  Succeeded: "Succeeded",
  Skipped: "Succeeded",
  Omitted: "Succeeded",
  Failed: "Failed",
  Error: "Error",
};

/** What the phase of the entry node means for the Workflow. */
export function workflowPhaseOf(node: NodeStatus): WorkflowPhase {
  return PHASES[node.phase];
}
