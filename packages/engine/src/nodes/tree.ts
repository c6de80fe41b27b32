import { isFulfilled, nodeId, toNodeId, toNodeName } from "@outrigger/types";
import type { NodeId, NodeName, NodeStatus } from "@outrigger/types";
import { own } from "../own.ts";
import { sameJson } from "../same-json.ts";

type ChangingField =
  | "phase"
  | "message"
  | "startedAt"
  | "finishedAt"
  | "progress"
  | "outputs"
  | "outboundNodes"
  | "memoizationStatus";

/** What may change of a node once it exists. A field that is undefined is taken away. */
export type NodeChange = { readonly [K in ChangingField]?: NodeStatus[K] | undefined };

/** Told of each node that is added (`before` is undefined) or changed. */
export type NodeObserver = (before: NodeStatus | undefined, after: NodeStatus) => void;

const MAX_NODES = 100_000;

/** A Workflow has grown beyond what can be held, let alone saved: most likely templates that call each other in many ways. */
export class TooManyNodes extends Error {
  override readonly name = "TooManyNodes";

  constructor() {
    super(`the Workflow would have more than ${MAX_NODES} nodes`);
  }
}

/**
 * The nodes of one Workflow while a pass works on them.
 *
 * Owns: the nodes, their ids, and who is whose child. Does not own: what phases mean, times, messages.
 * 1. What came in is never written to: a node is replaced by a changed copy.
 * 2. A change that changes nothing leaves the tree unchanged, so that a pass over a settled Workflow saves nothing.
 * 3. An id belongs to one name. Two names may hash alike (one chance in a hundred with 10,000 nodes): the later one gets another id.
 */
export class NodeTree {
  readonly #workflowName: string;
  readonly #saved: Readonly<Record<NodeId, NodeStatus>>;
  // What has been added or changed. The saved ones are looked up where they are: a pass touches few of many.
  readonly #touched = new Map<NodeId, NodeStatus>();
  #count: number | undefined;
  // Lists of children under construction; a node whose list has grown is written back by `toRecord`.
  readonly #children = new Map<NodeId, Set<NodeId>>();
  // Hashing is the dearest thing here, and whoever asks for a name asks again.
  #lastName: string | undefined;
  #lastId = toNodeId("");
  #changed = false;
  #observer: NodeObserver | undefined;

  /** `draft`: a tree over the same saved nodes, to go on from. */
  constructor(workflowName: string, nodes: Readonly<Record<NodeId, NodeStatus>> = {}, draft?: NodeTree) {
    this.#workflowName = workflowName;
    this.#saved = nodes;
    if (draft === undefined) return;
    for (const [id, node] of draft.#touched) this.#touched.set(id, node);
    for (const [id, children] of draft.#children) this.#children.set(id, new Set(children));
    this.#changed = draft.#changed;
    this.#count = draft.#count;
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** One observer at a time. */
  observe(observer: NodeObserver): void {
    this.#observer = observer;
  }

  byId(id: NodeId): NodeStatus | undefined {
    return this.#touched.get(id) ?? this.#savedNode(id);
  }

  byName(name: string): NodeStatus | undefined {
    const node = this.byId(this.idFor(name));
    return node?.name === name ? node : undefined; // 3
  }

  /** In the order in which they were added. */
  *values(): IterableIterator<NodeStatus> {
    for (const id of Object.keys(this.#saved)) {
      const node = this.byId(toNodeId(id));
      if (node !== undefined) yield node;
    }
    for (const [id, node] of this.#touched) if (!Object.hasOwn(this.#saved, id)) yield node;
  }

  /** The id that the node of this name has, or would get. */
  idFor(name: string): NodeId {
    if (name === this.#lastName) return this.#lastId;
    let id = nodeId(this.#workflowName, name);
    for (let attempt = 1; this.#takenByAnother(id, name); attempt += 1) {
      id = nodeId(this.#workflowName, `${name}~${attempt}`);
    }
    this.#lastName = name;
    this.#lastId = id;
    return id;
  }

  add(node: Omit<NodeStatus, "id" | "name"> & { readonly name: string }): NodeStatus {
    this.#count ??= Object.keys(this.#saved).length;
    if (this.#count >= MAX_NODES) throw new TooManyNodes();
    this.#count += 1;
    const added: NodeStatus = { ...node, id: this.idFor(node.name), name: toNodeName(node.name) };
    this.#touched.set(added.id, added);
    this.#changed = true;
    this.#observer?.(undefined, added);
    return added;
  }

  /** Answers the node as it now is. */
  change(id: NodeId, change: NodeChange): NodeStatus {
    const node = this.#expect(id);
    if (!wouldChange(node, change)) return node; // 2
    const changed = { ...node, ...change }; // 1
    for (const field of Object.keys(change) as ChangingField[]) if (changed[field] === undefined) delete changed[field];
    this.#touched.set(id, changed as NodeStatus);
    this.#changed = true;
    this.#observer?.(node, changed as NodeStatus);
    return changed as NodeStatus;
  }

  /** In the order in which they were added. */
  childrenOf(id: NodeId): Iterable<NodeId> {
    return this.#children.get(id) ?? this.byId(id)?.children ?? [];
  }

  hasChildren(id: NodeId): boolean {
    for (const _child of this.childrenOf(id)) return true;
    return false;
  }

  addChild(parent: NodeId, child: NodeId): void {
    let children = this.#children.get(parent);
    if (children === undefined) {
      children = new Set(this.#expect(parent).children);
      this.#children.set(parent, children);
    }
    if (children.has(child)) return;
    children.add(child);
    this.#changed = true;
  }

  isFulfilled(id: NodeId): boolean {
    return isFulfilled(this.byId(id)?.phase);
  }

  toRecord(): Readonly<Record<NodeId, NodeStatus>> {
    const record: Record<NodeId, NodeStatus> = {};
    for (const node of this.values()) {
      const children = this.#children.get(node.id);
      record[node.id] = children === undefined ? node : { ...node, children: [...children] };
    }
    return record;
  }

  #savedNode(id: NodeId): NodeStatus | undefined {
    const node = own(this.#saved, id);
    return node === undefined || node.id === id ? node : { ...node, id }; // someone has edited the status
  }

  #takenByAnother(id: NodeId, name: string): boolean {
    const node = this.byId(id);
    return node !== undefined && node.name !== (name as NodeName);
  }

  #expect(id: NodeId): NodeStatus {
    const node = this.byId(id);
    if (node === undefined) throw new Error(`bug: no node ${id}`);
    return node;
  }
}

function wouldChange(node: NodeStatus, change: NodeChange): boolean {
  return (Object.keys(change) as ChangingField[]).some((field) => !sameJson(node[field], change[field]));
}
