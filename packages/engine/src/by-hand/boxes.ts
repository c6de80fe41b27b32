import type { NodeId, NodeStatus } from "@outrigger/types";

export type Nodes = Readonly<Record<NodeId, NodeStatus>>;

/** What is part of what in a tree of nodes, as it is saved. */
export class Boxes {
  readonly #nodes: Nodes;
  readonly #members = new Map<NodeId, NodeStatus[]>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
    for (const node of Object.values(nodes)) {
      if (node.boundaryID === undefined) continue;
      const members = this.#members.get(node.boundaryID);
      if (members === undefined) this.#members.set(node.boundaryID, [node]);
      else members.push(node);
    }
  }

  /** The nodes of a Steps or DAG node. */
  members(id: NodeId): readonly NodeStatus[] {
    return this.#members.get(id) ?? [];
  }

  /** What a node leads to, hooks left out: the iterations of a group, what comes after it. */
  called(node: NodeStatus): readonly NodeStatus[] {
    return this.#children(node).filter(({ nodeFlag }) => nodeFlag?.hooked !== true);
  }

  hooks(node: NodeStatus): readonly NodeStatus[] {
    return this.#children(node).filter(({ nodeFlag }) => nodeFlag?.hooked === true);
  }

  /** A node and all that is part of it: what is within, its attempts, its iterations, its hooks. Not what comes after it. */
  whole(node: NodeStatus): ReadonlySet<NodeStatus> {
    const found = new Set([node]);
    for (const each of found) for (const part of this.#parts(each)) found.add(part);
    return found;
  }

  /** The nodes of the same box that come right after a node, or after something within it. */
  followers(node: NodeStatus): readonly NodeStatus[] {
    const whole = this.whole(node);
    const next = [...whole].flatMap((part) => this.#children(part));
    return next.filter((each) => each.boundaryID === node.boundaryID && !whole.has(each));
  }

  #parts(node: NodeStatus): readonly NodeStatus[] {
    const isPart = ({ nodeFlag, boundaryID }: NodeStatus): boolean =>
      nodeFlag !== undefined || (node.type === "TaskGroup" && boundaryID === node.boundaryID);
    return [...this.members(node.id), ...this.#children(node).filter(isPart)];
  }

  #children({ children = [] }: NodeStatus): readonly NodeStatus[] {
    return children.flatMap((id) => (Object.hasOwn(this.#nodes, id) ? (this.#nodes[id] ?? []) : []));
  }
}
