import type { NodeStatus, NodeType } from "@outrigger/types";

const TYPES: ReadonlySet<NodeType> = new Set(["Plugin", "HTTP"]);

/** Whether what a node says comes from an agent, not from the Workflow itself. */
export function isAgentNode({ type }: NodeStatus): boolean {
  return TYPES.has(type);
}
