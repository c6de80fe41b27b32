import type { KubeObject } from "@outrigger/types";
import type { KubeList, ObjectRef, WatchEvent } from "./client.ts";
import { ObjectIndex } from "./object-index.ts";
import type { IndexKeys } from "./object-index.ts";
import { isOlder } from "./resource-version.ts";

/** Where a change was learnt from: a list, a watch, or our own write. */
export type ChangeSource = "list" | "watch" | "written";

export type ObjectChange =
  | { readonly type: "added"; readonly object: KubeObject; readonly source: ChangeSource }
  | {
      readonly type: "modified";
      readonly object: KubeObject;
      readonly previous: KubeObject;
      readonly source: ChangeSource;
    }
  /** `object` is the last that is known of it. */
  | { readonly type: "deleted"; readonly object: KubeObject; readonly source: ChangeSource };

export type ObjectEvent = Exclude<WatchEvent, { readonly type: "BOOKMARK" }>;

/** `namespace/name`; just the name for cluster-wide kinds. */
export function objectKey({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return namespace === undefined ? (name ?? "") : `${namespace}/${name ?? ""}`;
}

/**
 * What is known of a collection of objects, from lists, watch events and our own writes, in whatever order they arrive.
 *
 * Owns: the objects, their indexes, the version up to which everything has been seen. Does not own: where objects come from.
 * Every method answers what changed by it.
 * 1. An object never goes back to an older version.
 * 2. An object that is gone does not come back by something older than its end: everything up to `reached` has been seen, so what
 *    is no newer and not here is gone; and that our own write took something out is remembered until the watch has come as far.
 * 3. A list tells what is gone, except of objects that were written after it was made.
 * 4. If the collection's version goes backwards, the server has lost its memory: the list is the truth, whatever was here before.
 */
export class ObjectCache {
  readonly #objects = new Map<string, KubeObject>();
  readonly #indexes: ReadonlyMap<string, ObjectIndex>;
  readonly #matches: (object: KubeObject) => boolean;
  /** By key, the version at which our own write left nothing there that the selection holds. */
  readonly #takenOut = new Map<string, string>();
  #reached: string | undefined;

  constructor(
    indexes: Readonly<Record<string, IndexKeys>> = {},
    matches: (object: KubeObject) => boolean = () => true,
  ) {
    this.#indexes = new Map(Object.entries(indexes).map(([name, keysOf]) => [name, new ObjectIndex(keysOf)]));
    this.#matches = matches;
  }

  /** The version up to which everything has been seen; undefined before the first list. */
  get reached(): string | undefined {
    return this.#reached;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.#objects.get(objectKey(ref));
  }

  list(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  byIndex(name: string, key: string): readonly KubeObject[] {
    return this.#indexes.get(name)?.get(key) ?? [];
  }

  /** Takes the whole collection as the server listed it. */
  replace(list: KubeList): readonly ObjectChange[] {
    const startOver = isOlder(list.resourceVersion, this.#reached); // 4
    if (startOver) this.#forget();
    const listed = new Set<string>();
    const changes: ObjectChange[] = [];
    for (const object of list.items) {
      listed.add(objectKey(object.metadata));
      if (startOver || !this.#isOutdated(object)) changes.push(...this.#put(object, "list"));
    }
    for (const [key, object] of this.#objects) {
      const writtenSince = !startOver && isOlder(list.resourceVersion, object.metadata.resourceVersion); // 3
      if (!listed.has(key) && !writtenSince) changes.push(this.#remove(object, "list"));
    }
    this.#reach(list.resourceVersion);
    return changes;
  }

  apply(event: ObjectEvent): readonly ObjectChange[] {
    const { object } = event;
    const known = this.#objects.get(objectKey(object.metadata));
    const stale = this.#isStale(object);
    this.#reach(object.metadata.resourceVersion);
    if (stale) return [];
    if (event.type !== "DELETED") return this.#put(object, "watch");
    return known === undefined ? [] : [this.#remove(known, "watch", object)];
  }

  /** Everything up to this version has been seen. */
  bookmark(resourceVersion: string): void {
    this.#reach(resourceVersion);
  }

  /** Takes an object as our own write got it back from the server. */
  note(object: KubeObject): readonly ObjectChange[] {
    if (this.#isStale(object)) return [];
    if (this.#matches(object)) return this.#put(object, "written");
    const key = objectKey(object.metadata);
    const known = this.#objects.get(key);
    this.#takenOut.set(key, object.metadata.resourceVersion ?? "");
    return known === undefined ? [] : [this.#remove(known, "written", object)];
  }

  // 1, 2: a newer version is here, or was taken out.
  #isOutdated({ metadata }: KubeObject): boolean {
    const key = objectKey(metadata);
    const newest = this.#objects.get(key)?.metadata.resourceVersion ?? this.#takenOut.get(key);
    return isOlder(metadata.resourceVersion, newest);
  }

  // 2: outdated, or so old that it would be here if it still existed.
  #isStale(object: KubeObject): boolean {
    const known = this.#objects.has(objectKey(object.metadata));
    return this.#isOutdated(object) || (!known && this.#hasBeenSeen(object.metadata.resourceVersion));
  }

  #hasBeenSeen(resourceVersion: string | undefined): boolean {
    if (resourceVersion === undefined) return false;
    return resourceVersion === this.#reached || isOlder(resourceVersion, this.#reached);
  }

  #reach(resourceVersion: string | undefined): void {
    if (resourceVersion === undefined || isOlder(resourceVersion, this.#reached)) return;
    this.#reached = resourceVersion;
    for (const [key, version] of this.#takenOut) if (this.#hasBeenSeen(version)) this.#takenOut.delete(key);
  }

  #forget(): void {
    this.#reached = undefined;
    this.#takenOut.clear();
  }

  #put(object: KubeObject, source: ChangeSource): readonly ObjectChange[] {
    const key = objectKey(object.metadata);
    const previous = this.#objects.get(key);
    if (previous !== undefined && isSameVersion(previous, object)) return [];
    const gone = previous === undefined ? [] : [this.#remove(previous, source)];
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.add(object);
    const modified = previous !== undefined && previous.metadata.uid === object.metadata.uid;
    if (modified) return [{ type: "modified", object, previous, source }];
    return [...gone, { type: "added", object, source }]; // a namesake has taken the place of the previous one
  }

  #remove(known: KubeObject, source: ChangeSource, last: KubeObject = known): ObjectChange {
    this.#objects.delete(objectKey(known.metadata));
    for (const index of this.#indexes.values()) index.remove(known);
    return { type: "deleted", object: last, source };
  }
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
