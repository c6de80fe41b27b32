import { History } from "./history.ts";
import type { Change, HistoryLimits } from "./history.ts";
import type { StoredObject } from "./stored-object.ts";

/** All objects of one resource, and what happened to them lately. Written by the store alone. */
export class Collection {
  readonly history: History;
  readonly #objects = new Map<string, StoredObject>();
  #sortedKeys: readonly string[] | undefined;

  constructor(limits: HistoryLimits, startVersion: number) {
    this.history = new History(limits, startVersion);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  record(change: Change): void {
    const { key } = change.object;
    if (change.type === "DELETED") this.#objects.delete(key);
    else this.#objects.set(key, change.object);
    if (change.type !== "MODIFIED") this.#sortedKeys = undefined;
    change.previous?.forgetBytes();
    this.history.append(change);
  }

  /** Those whose key begins so, in order of their keys. */
  list(prefix: string): StoredObject[] {
    const keys = this.#keys();
    const found: StoredObject[] = [];
    for (let index = firstAtLeast(keys, prefix); index < keys.length; index++) {
      const key = keys[index] ?? "";
      if (!key.startsWith(prefix)) break;
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** What `list` would have answered at that version, which the history must reach back to. */
  listAt(prefix: string, version: number): StoredObject[] {
    const objects = new Map(this.list(prefix).map((object) => [object.key, object]));
    for (const change of this.history.undo(version)) {
      if (!change.object.key.startsWith(prefix)) continue;
      if (change.previous === undefined) objects.delete(change.object.key);
      else objects.set(change.object.key, change.previous);
    }
    return [...objects.values()].sort(byKey);
  }

  #keys(): readonly string[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort();
    return this.#sortedKeys;
  }
}

function byKey(a: StoredObject, b: StoredObject): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function firstAtLeast(keys: readonly string[], prefix: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
