import type { NodeId, NodeStatus } from "@outrigger/types";
import { NOTHING, add, sumOf } from "./count.ts";
import type { Count } from "./count.ts";
import type { NodeTree } from "./tree.ts";

/** What comes right after a node, and whether all of it goes on to the same nodes. */
interface Next {
  readonly followers: readonly NodeId[];
  readonly goOnAlike: boolean;
}

const NO_FOLLOWERS: readonly NodeId[] = [];

/**
 * Counts the leaves that can be reached from a node through children, for all nodes of a tree in about one sweep.
 *
 * A node's leaves are reached along many paths and count once, so counts cannot just be added up along the edges. But a Workflow
 * is built of boxes: the nodes within a Steps or DAG node (its boundary) reach each other, then all that comes after the box.
 * 1. `own`: the leaves within a node. Boxes do not overlap, so these may be added.
 * 2. `after`: the leaves that come after a node within its box, plus those after the box itself.
 * 3. Where paths part and meet again, leaves are gathered as a set, unless they part into branches that all go on alike.
 * 4. No recursion along a chain: it may have 10,000 links. A status that someone has edited may even go in circles.
 */
export class Reach {
  readonly #tree: NodeTree;
  readonly #leaves: ReadonlyMap<NodeId, Count>;
  readonly #members = new Map<NodeId, NodeId[]>();
  /** Edges that leave a box from deep inside, as edges of the box. */
  readonly #lifted = new Map<NodeId, Set<NodeId>>();
  readonly #within = new Map<NodeId, Count>();
  readonly #after = new Map<NodeId, Count>();
  readonly #entered = new Set<NodeId>();
  readonly #nextById = new Map<NodeId, Next>();

  constructor(tree: NodeTree, leaves: ReadonlyMap<NodeId, Count>) {
    this.#tree = tree;
    this.#leaves = leaves;
    for (const node of tree.values()) {
      if (node.boundaryID !== undefined) pushTo(this.#members, node.boundaryID, node.id);
      this.#lift(node);
    }
  }

  from(node: NodeStatus): Count {
    return add(this.#own(node.id), this.#countAfter(node.id));
  }

  #own(id: NodeId): Count {
    const leaf = this.#leaves.get(id);
    if (leaf !== undefined) return leaf;
    let count = this.#within.get(id);
    if (count === undefined) {
      this.#within.set(id, NOTHING); // 4
      count = sumOf((this.#members.get(id) ?? []).map((member) => this.#own(member))); // 1
      this.#within.set(id, count);
    }
    return count;
  }

  #countAfter(start: NodeId): Count {
    const pending = [start]; // 4
    for (let id = pending.at(-1); id !== undefined; id = pending.at(-1)) {
      this.#entered.add(id);
      const next = this.#after.has(id) ? undefined : this.#neededFor(id).find((needed) => !this.#entered.has(needed));
      if (next !== undefined) pending.push(next);
      else {
        pending.pop();
        if (!this.#after.has(id)) this.#after.set(id, this.#computeAfter(id));
      }
    }
    return this.#after.get(start) ?? NOTHING;
  }

  // The nodes whose `after` this one's is made of.
  #neededFor(id: NodeId): readonly NodeId[] {
    const { followers, goOnAlike } = this.#next(id);
    const [first] = followers;
    if (first !== undefined && goOnAlike) return [first];
    const boundary = this.#boundaryOf(id);
    return boundary === undefined ? [] : [boundary];
  }

  #computeAfter(id: NodeId): Count {
    const { followers, goOnAlike } = this.#next(id);
    const rest = sumOf(this.#neededFor(id).map((needed) => this.#after.get(needed) ?? NOTHING)); // 2
    const gathered = goOnAlike ? followers : this.#gather(followers); // 3
    return add(sumOf(Array.from(gathered, (follower) => this.#own(follower))), rest);
  }

  #next(id: NodeId): Next {
    let next = this.#nextById.get(id);
    if (next === undefined) {
      const followers = this.#followers(id);
      next = { followers, goOnAlike: this.#goOnAlike(followers) };
      this.#nextById.set(id, next);
    }
    return next;
  }

  #goOnAlike([first, ...others]: readonly NodeId[]): boolean {
    if (first === undefined || others.length === 0) return true;
    const following = this.#followers(first);
    return others.every((id) => sameList(this.#followers(id), following));
  }

  #gather(start: readonly NodeId[]): ReadonlySet<NodeId> {
    const found = new Set(start);
    for (const id of found) for (const follower of this.#followers(id)) found.add(follower);
    return found;
  }

  // What comes after a node within its box.
  #followers(id: NodeId): readonly NodeId[] {
    const lifted = this.#lifted.get(id);
    if (lifted === undefined && !this.#tree.hasChildren(id)) return NO_FOLLOWERS;
    const boundary = this.#boundaryOf(id);
    const direct: NodeId[] = [];
    for (const child of this.#tree.childrenOf(id)) if (this.#boundaryOf(child) === boundary) direct.push(child);
    return lifted === undefined ? direct : [...new Set([...direct, ...lifted])];
  }

  #lift(node: NodeStatus): void {
    for (const child of this.#tree.childrenOf(node.id)) {
      const boundary = this.#boundaryOf(child);
      if (boundary === node.boundaryID || boundary === node.id) continue;
      const box = this.#boxWithin(boundary, node);
      if (box === undefined) continue;
      const lifted = this.#lifted.get(box);
      if (lifted === undefined) this.#lifted.set(box, new Set([child]));
      else lifted.add(child);
    }
  }

  // The member of a boundary that a node deep inside belongs to.
  #boxWithin(boundary: NodeId | undefined, node: NodeStatus): NodeId | undefined {
    let box = node.boundaryID;
    for (let depth = 0; depth <= this.#members.size; depth += 1) {
      if (box === undefined || this.#boundaryOf(box) === boundary) return box;
      box = this.#boundaryOf(box);
    }
    return undefined; // 4
  }

  #boundaryOf(id: NodeId): NodeId | undefined {
    return this.#tree.byId(id)?.boundaryID;
  }
}

function pushTo(lists: Map<NodeId, NodeId[]>, key: NodeId, value: NodeId): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function sameList(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
