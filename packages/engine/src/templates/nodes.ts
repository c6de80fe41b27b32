import type { NodePhase, NodeStatus, NodeType } from "@outrigger/types";
import { createNode } from "../nodes/create.ts";
import type { Run } from "../run.ts";
import type { Activation, Invocation } from "./invocation.ts";

/** Makes the node of a template that begins to run. */
export function startNode(run: Run, activation: Activation, type: NodeType, phase: NodePhase): NodeStatus {
  return createNode(run, { ...identityOf(activation.invocation), type, phase, inputs: activation.inputs });
}

/** Makes the node of a template whose turn has not come. */
export function holdNode(run: Run, activation: Activation, type: NodeType, message: string): NodeStatus {
  const identity = identityOf(activation.invocation);
  return createNode(run, { ...identity, type, phase: "Pending", inputs: activation.inputs, message, waits: true });
}

/** Ends a node in error; it is made if it does not exist. */
export function failNode(run: Run, invocation: Invocation, message: string): NodeStatus {
  const node = run.tree.byName(invocation.nodeName);
  if (node !== undefined) return run.mark(node.id, "Error", message);
  return createNode(run, { ...identityOf(invocation), type: "Skipped", phase: "Error", message });
}

function identityOf({ nodeName, call, surroundings, flag }: Invocation) {
  return { name: nodeName, boundary: surroundings.boundary, call, flag };
}

const RUNS_SOMETHING: ReadonlySet<NodeType> = new Set(["Plugin", "HTTP", "Retry"]);

/** What the failure of a child means for the message of its parent. */
export function childFailure(child: NodeStatus): string {
  return ownErrorOf(child) ?? `child '${child.id}' failed`;
}

/** An error of the Workflow itself, not of what it ran: worth more than the node's id. */
export function ownErrorOf(node: NodeStatus): string | undefined {
  if (node.phase !== "Error" || RUNS_SOMETHING.has(node.type) || node.message === undefined) return undefined;
  return node.type === "Skipped" ? `${node.displayName}: ${node.message}` : node.message;
}

/** Whether there is nothing more to do for a node: at its end, and not just set there by someone who resumed it. */
export function isSettled(node: NodeStatus): boolean {
  return node.finishedAt !== undefined;
}
