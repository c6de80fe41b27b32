import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeId, NodeStatus, NodeType } from "@outrigger/types";
import type { NodeTree } from "./tree.ts";

const CALLS: ReadonlySet<NodeType> = new Set(["Plugin", "HTTP"]);
const GROUPS: ReadonlySet<NodeType> = new Set(["StepGroup", "TaskGroup"]);

interface Children {
  active: number;
  failed: number;
}

/**
 * How many nodes are at work, for limits on how many may be.
 *
 * Owns: the counts, kept up to date as the tree changes. Does not own: the limits.
 * 1. A node is at work from its start to its end; one that waits for its turn has no start yet.
 * 2. The attempts of a Retry node count as that node; hooks do not count: they are part of ending something.
 * 3. When someone was turned away and a node ends after that, there is room: the pass has to look once more.
 * 4. While a pass takes in what the log knows, nobody else gets a slot: of what has begun since the Workflow was saved, there are no nodes
 *    to count yet. It looks once more after that.
 */
export class Slots {
  readonly #within = new Map<NodeId | undefined, Children>();
  #calls = 0;
  #turnedAway = false;
  #freed = false;
  #closed: boolean;

  constructor(tree: NodeTree, logIsEmpty: boolean) {
    this.#closed = !logIsEmpty;
    for (const node of tree.values()) this.#count(node, 1);
    tree.observe((before, after) => {
      if (before !== undefined) this.#count(before, -1);
      this.#count(after, 1);
      if (this.#turnedAway && isFulfilled(after.phase)) this.#freed = true; // 3
    });
  }

  /** Calls of plugins under way in the whole Workflow. */
  get calls(): number {
    return this.#calls;
  }

  /** Nobody gets a slot yet: 4. */
  get closed(): boolean {
    return this.#closed;
  }

  get mustLookAgain(): boolean {
    return this.#freed || (this.#closed && this.#turnedAway);
  }

  /** Children of a Steps or DAG node that are at work. */
  activeWithin(boundary: NodeId | undefined): number {
    return this.#within.get(boundary)?.active ?? 0;
  }

  failedWithin(boundary: NodeId | undefined): number {
    return this.#within.get(boundary)?.failed ?? 0;
  }

  turnAway(): void {
    this.#turnedAway = true;
  }

  lookAgain(): void {
    this.#turnedAway = false;
    this.#freed = false;
    this.#closed = false;
  }

  #count(node: NodeStatus, by: 1 | -1): void {
    const isActive = node.startedAt !== undefined && !isFulfilled(node.phase); // 1
    if (isActive && CALLS.has(node.type) && node.nodeFlag?.hooked !== true) this.#calls += by;
    if (GROUPS.has(node.type) || node.nodeFlag !== undefined) return; // 2
    const children = this.#childrenOf(node.boundaryID);
    if (isActive) children.active += by;
    if (isFailedOrError(node.phase)) children.failed += by;
  }

  #childrenOf(boundary: NodeId | undefined): Children {
    let children = this.#within.get(boundary);
    if (children === undefined) {
      children = { active: 0, failed: 0 };
      this.#within.set(boundary, children);
    }
    return children;
  }
}
