import type { NodeId, NodeStatus, NodeType } from "@outrigger/types";
import { attemptsOf } from "../retry/attempts.ts";
import type { NodeTree } from "./tree.ts";

const STAND_FOR_THEIR_CHILDREN: ReadonlySet<NodeType> = new Set(["StepGroup", "TaskGroup"]);
const STAND_FOR_THEIR_OUTBOUND: ReadonlySet<NodeType> = new Set(["Steps", "DAG"]);

/** The nodes at the far end of a node: what comes after it becomes their child. */
export function outboundNodes(tree: NodeTree, node: NodeStatus): readonly NodeId[] {
  if (STAND_FOR_THEIR_OUTBOUND.has(node.type)) return orItself(node.outboundNodes ?? [], node);
  if (STAND_FOR_THEIR_CHILDREN.has(node.type)) return orItself(outboundOf(tree, calledBy(tree, node.id)), node);
  if (node.type === "Retry") return lastAttemptOutbound(tree, node);
  return [node.id];
}

export function outboundOf(tree: NodeTree, ids: Iterable<NodeId>): readonly NodeId[] {
  const found: NodeId[] = [];
  for (const id of ids) {
    const node = tree.byId(id);
    if (node !== undefined) for (const outbound of outboundNodes(tree, node)) found.push(outbound);
  }
  return found;
}

/** The children of a node but for its hooks, which nothing comes after. */
export function calledBy(tree: NodeTree, id: NodeId): readonly NodeId[] {
  return Array.from(tree.childrenOf(id)).filter((child) => tree.byId(child)?.nodeFlag?.hooked !== true);
}

function lastAttemptOutbound(tree: NodeTree, node: NodeStatus): readonly NodeId[] {
  const last = attemptsOf(tree, node).at(-1);
  return last === undefined ? [node.id] : outboundNodes(tree, last);
}

// A composite node that broke before anything ran below it is its own end.
function orItself(ids: readonly NodeId[], node: NodeStatus): readonly NodeId[] {
  return ids.length === 0 ? [node.id] : ids;
}
