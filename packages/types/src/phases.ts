/** Phases of a node, in Argo's spelling. */
export const NODE_PHASES = ["Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted"] as const;
export type NodePhase = (typeof NODE_PHASES)[number];

/** Phases of a Workflow. A Workflow without a phase has not been looked at yet. */
export const WORKFLOW_PHASES = ["Pending", "Running", "Succeeded", "Failed", "Error"] as const;
export type WorkflowPhase = (typeof WORKFLOW_PHASES)[number];

/** Node types that Argo's tools know. */
export const NODE_TYPES = [
  "Pod",
  "Container",
  "Steps",
  "StepGroup",
  "DAG",
  "TaskGroup",
  "Retry",
  "Skipped",
  "Suspend",
  "HTTP",
  "Plugin",
] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** The phases that a plugin may answer with; Skipped counts as done. */
export const RESULT_PHASES = ["Pending", "Running", "Succeeded", "Skipped", "Failed", "Error"] as const;
export type ResultPhase = (typeof RESULT_PHASES)[number];

const FULFILLED: ReadonlySet<string> = new Set(["Succeeded", "Skipped", "Failed", "Error", "Omitted"]);
const UNSUCCESSFUL: ReadonlySet<string> = new Set(["Failed", "Error"]);

/** Will not change any more. */
export function isFulfilled(phase: NodePhase | WorkflowPhase | undefined): boolean {
  return phase !== undefined && FULFILLED.has(phase);
}

export function isFailedOrError(phase: NodePhase | WorkflowPhase | undefined): boolean {
  return phase !== undefined && UNSUCCESSFUL.has(phase);
}
