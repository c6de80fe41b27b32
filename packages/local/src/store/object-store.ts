import type { KubeObject } from "@outrigger/types";
import { storeRequestTooLarge } from "../errors/refusals.ts";
import { Collection } from "./collection.ts";
import type { Change, HistoryLimits } from "./history.ts";
import { StoredObject, objectKey } from "./stored-object.ts";

export type ChangeListener = (change: Change, collection: string) => void;

/** Room for lagging watchers, and for lists that are read in pages. */
const DEFAULT_LIMITS: HistoryLimits = { changes: 10_000, bytes: 64 * 1024 * 1024 };

/** etcd's limit of a request, which the object is most of. */
const OBJECT_LIMIT_BYTES = 1.5 * 1024 * 1024 - 512;

// Not zero: a version that a client kept from another cluster's life is more likely to be told apart.
const FIRST_VERSION = 1000;

/**
 * All objects of the cluster, in memory.
 *
 * Owns: the one counter of resourceVersions, the current objects, the history of each collection, who is told of changes.
 * Does not own: what an object must look like, and whether a write is allowed.
 *
 * S1. Every write takes the next version and stamps it on the object.
 * S2. Listeners hear of the writes in order of their versions, also of those that a listener makes itself.
 * S3. A stored object never changes; nobody may alter one that he was given.
 */
export class ObjectStore {
  readonly #limits: HistoryLimits;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #untold: { readonly change: Change; readonly collection: string }[] = [];
  #telling = false;
  #version = FIRST_VERSION;

  constructor(limits: HistoryLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** The version of the last write. */
  get version(): number {
    return this.#version;
  }

  collection(name: string): Collection {
    let collection = this.#collections.get(name);
    if (collection === undefined) {
      collection = new Collection(this.#limits, this.#version);
      this.#collections.set(name, collection);
    }
    return collection;
  }

  /** Forgets a collection, which must be empty: its kind is gone. */
  drop(name: string): void {
    this.#collections.delete(name);
  }

  put(collection: string, object: KubeObject): StoredObject {
    const key = objectKey(object.metadata.namespace, object.metadata.name ?? "");
    const previous = this.collection(collection).get(key);
    const stored = new StoredObject(key, this.#version, object).at(this.#version + 1);
    if (stored.bytes.length > OBJECT_LIMIT_BYTES) throw storeRequestTooLarge();
    this.#write(collection, { type: previous === undefined ? "ADDED" : "MODIFIED", object: stored, previous });
    return stored;
  }

  /** Answers the object as it was, under the version of the deletion; undefined if it was gone already. */
  remove(collection: string, key: string): StoredObject | undefined {
    const previous = this.collection(collection).get(key);
    const last = previous?.at(this.#version + 1);
    if (last !== undefined) this.#write(collection, { type: "DELETED", object: last, previous });
    return last;
  }

  /** Answers how to stop listening. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #write(collection: string, write: Omit<Change, "version">): void {
    this.#version = write.object.version;
    const change: Change = { ...write, version: this.#version };
    this.collection(collection).record(change);
    this.#untold.push({ change, collection });
    this.#tell();
  }

  // A listener may write; what it writes is told after all have heard of what came before (S2).
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        for (const listener of this.#listeners) listener(next.change, next.collection);
      }
    } finally {
      this.#telling = false;
    }
  }
}
