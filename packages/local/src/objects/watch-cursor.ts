import type { Kind } from "../kinds/kind.ts";
import type { Selector } from "../selectors/selector.ts";
import type { Change } from "../store/history.ts";
import type { StoredObject } from "../store/stored-object.ts";
import type { ClusterState } from "./cluster-state.ts";

export interface CursorOptions {
  readonly namespace: string | undefined;
  readonly selector: Selector | undefined;
  /** Changes after this version are of interest. */
  readonly after: number;
}

export interface CursorEvent {
  readonly type: Change["type"];
  readonly stored: StoredObject;
}

/**
 * Where one watcher stands in the history of a collection. It holds no events of its own: one that reads slowly costs nothing, until
 * the history forgets what it has not read.
 *
 * W1. An object that begins or ceases to match the selector is ADDED or DELETED for this watcher.
 * W2. What it has read it never reads again; nothing in between is left out, or it ends as `expired`.
 */
export class WatchCursor {
  readonly #state: ClusterState;
  readonly #kind: Kind;
  readonly #options: CursorOptions;
  readonly #prefix: string;
  #position: number;

  constructor(state: ClusterState, kind: Kind, options: CursorOptions) {
    this.#state = state;
    this.#kind = kind;
    this.#options = options;
    this.#prefix = options.namespace === undefined ? "" : `${options.namespace}/`;
    this.#position = options.after;
  }

  /** The version that it began after. */
  get start(): number {
    return this.#options.after;
  }

  /** The version up to which everything has been read. */
  get position(): number {
    return this.#position;
  }

  /** The next event; undefined if there is none yet. */
  next(): CursorEvent | "expired" | undefined {
    const { history } = this.#state.store.collection(this.#kind.collection);
    if (!history.reachesBackTo(this.#position)) return "expired";
    for (let change = history.next(this.#position); change !== undefined; change = history.next(this.#position)) {
      this.#position = change.version;
      const event = this.#translate(change);
      if (event !== undefined) return event;
    }
    this.#position = Math.max(this.#position, this.#state.store.version);
    return undefined;
  }

  #translate(change: Change): CursorEvent | undefined {
    const { object, previous, type } = change;
    if (!object.key.startsWith(this.#prefix)) return undefined;
    const matches = type !== "DELETED" && this.#matches(object);
    const matched = previous !== undefined && this.#matches(previous);
    if (matches) return { type: matched ? "MODIFIED" : "ADDED", stored: object };
    if (!matched) return undefined;
    return { type: "DELETED", stored: type === "DELETED" ? object : previous.at(change.version) };
  }

  #matches(stored: StoredObject): boolean {
    return this.#options.selector?.(stored.object) ?? true;
  }
}
