import { toNodeId } from "@outrigger/types";
import type { NodeId, NodeStatus } from "@outrigger/types";
import { NOTHING, add, sumOf } from "./count.ts";
import type { Count } from "./count.ts";
import type { NodeTree } from "./tree.ts";

/** What comes right after a node, and whether all of it, and nothing else, goes on to the same nodes. */
interface Next {
  readonly followers: readonly NodeId[];
  readonly goOnAlike: boolean;
}

/** A node, or the way out of a box for what is within. */
type Point = NodeId | `out of ${NodeId}`;

const OUT = "out of ";

function wayOut(box: NodeId): Point {
  return `${OUT}${box}`;
}

function isWayOut(point: Point): boolean {
  return point.startsWith(OUT);
}

function nodeAt(point: Point): NodeId {
  return isWayOut(point) ? toNodeId(point.slice(OUT.length)) : toNodeId(point);
}

const NO_FOLLOWERS: readonly NodeId[] = [];

/**
 * Counts the leaves that can be reached from a node through children, for all nodes of a tree in about one sweep.
 *
 * A node's leaves are reached along many paths and count once, so counts cannot just be added up along the edges. But a Workflow
 * is built of boxes: the nodes within a Steps or DAG node (its boundary) reach each other, then all that comes after the box.
 * 1. `own`: the leaves within a node. Boxes do not overlap, so these may be added.
 * 2. `after`: the leaves that come after a node within its box, plus those after the box itself if the node is one of its ends: a
 *    hook, or an attempt that another one follows, leads nowhere.
 * 3. What hangs on a box, its hooks, comes after the box but not after what is within.
 * 4. Where paths part and meet again, leaves are gathered as a set, unless they part into branches that all go on alike.
 * 5. No recursion along a chain: it may have 10,000 links. A status that someone has edited may even go in circles.
 */
export class Reach {
  readonly #tree: NodeTree;
  readonly #leaves: ReadonlyMap<NodeId, Count>;
  readonly #members = new Map<NodeId, NodeId[]>();
  /** Edges that leave a box from deep inside, as edges of the box. */
  readonly #lifted = new Map<NodeId, Set<NodeId>>();
  /** The ends of boxes: what leads out of its box, itself or from deep inside. */
  readonly #ends = new Set<NodeId>();
  readonly #within = new Map<NodeId, Count>();
  readonly #after = new Map<Point, Count>();
  readonly #entered = new Set<Point>();
  readonly #nextByPoint = new Map<Point, Next>();

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
      this.#within.set(id, NOTHING); // 5
      count = sumOf((this.#members.get(id) ?? []).map((member) => this.#own(member))); // 1
      this.#within.set(id, count);
    }
    return count;
  }

  #countAfter(start: Point): Count {
    const pending = [start]; // 5
    for (let point = pending.at(-1); point !== undefined; point = pending.at(-1)) {
      this.#entered.add(point);
      const needed = this.#after.has(point) ? undefined : this.#restOf(point);
      if (needed !== undefined && !this.#entered.has(needed)) pending.push(needed);
      else {
        pending.pop();
        if (!this.#after.has(point)) this.#after.set(point, this.#computeAfter(point));
      }
    }
    return this.#after.get(start) ?? NOTHING;
  }

  // The point whose `after` is the rest of this one's.
  #restOf(point: Point): Point | undefined {
    const { followers, goOnAlike } = this.#next(point);
    const [first] = followers;
    if (first !== undefined && goOnAlike) return first;
    const node = nodeAt(point);
    const boundary = this.#boundaryOf(node);
    const isEnd = (id: NodeId): boolean => this.#ends.has(id); // 2
    return boundary !== undefined && (isEnd(node) || [...this.#gather(followers)].some(isEnd))
      ? wayOut(boundary)
      : undefined;
  }

  #computeAfter(point: Point): Count {
    const { followers, goOnAlike } = this.#next(point);
    const needed = this.#restOf(point);
    const rest = needed === undefined ? NOTHING : (this.#after.get(needed) ?? NOTHING);
    const gathered = goOnAlike ? followers : this.#gather(followers); // 4
    return add(sumOf(Array.from(gathered, (follower) => this.#own(follower))), rest);
  }

  #next(point: Point): Next {
    let next = this.#nextByPoint.get(point);
    if (next === undefined) {
      const followers = isWayOut(point) ? [...(this.#lifted.get(nodeAt(point)) ?? [])] : this.#followers(nodeAt(point)); // 3
      next = { followers, goOnAlike: !this.#ends.has(nodeAt(point)) && this.#goOnAlike(followers) };
      this.#nextByPoint.set(point, next);
    }
    return next;
  }

  #goOnAlike([first, ...others]: readonly NodeId[]): boolean {
    if (first === undefined || others.length === 0) return true;
    const following = this.#followers(first);
    const isEnd = this.#ends.has(first);
    return others.every((id) => this.#ends.has(id) === isEnd && sameList(this.#followers(id), following));
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
    this.#ends.add(node.id);
    let box = node.boundaryID;
    for (let depth = 0; depth <= this.#members.size; depth += 1) {
      if (box === undefined || this.#boundaryOf(box) === boundary) return box;
      this.#ends.add(box);
      box = this.#boundaryOf(box);
    }
    return undefined; // 5
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
