import type { NodeId, NodeStatus, NodeType } from "@outrigger/types";
import type { NodeTree } from "./tree.ts";

const STAND_FOR_THEIR_CHILDREN: ReadonlySet<NodeType> = new Set(["StepGroup", "TaskGroup"]);
const STAND_FOR_THEIR_OUTBOUND: ReadonlySet<NodeType> = new Set(["Steps", "DAG"]);

/** The nodes at the far end of a node: what comes after it becomes their child. */
export function outboundNodes(tree: NodeTree, node: NodeStatus): readonly NodeId[] {
  if (STAND_FOR_THEIR_OUTBOUND.has(node.type)) return orItself(node.outboundNodes ?? [], node);
  if (STAND_FOR_THEIR_CHILDREN.has(node.type)) return orItself(outboundOf(tree, tree.childrenOf(node.id)), node);
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

// A composite node that broke before anything ran below it is its own end.
function orItself(ids: readonly NodeId[], node: NodeStatus): readonly NodeId[] {
  return ids.length === 0 ? [node.id] : ids;
}
