import type { KubeObject } from "@outrigger/types";

/** The keys under which an object is to be found: the Workflow that owns a pod, say. */
export type IndexKeys = (object: KubeObject) => readonly string[];

/** Objects by keys that are worked out from them. */
export class ObjectIndex {
  readonly #keysOf: IndexKeys;
  readonly #objects = new Map<string, Set<KubeObject>>();

  constructor(keysOf: IndexKeys) {
    this.#keysOf = keysOf;
  }

  add(object: KubeObject): void {
    for (const key of this.#keys(object)) {
      const found = this.#objects.get(key);
      if (found === undefined) this.#objects.set(key, new Set([object]));
      else found.add(object);
    }
  }

  remove(object: KubeObject): void {
    for (const key of this.#keys(object)) {
      const found = this.#objects.get(key);
      if (found?.delete(object) === true && found.size === 0) this.#objects.delete(key);
    }
  }

  // An object that cannot be read has no keys, rather than stop all the others.
  #keys(object: KubeObject): readonly string[] {
    try {
      return this.#keysOf(object);
    } catch {
      return [];
    }
  }

  get(key: string): readonly KubeObject[] {
    return [...(this.#objects.get(key) ?? [])];
  }
}
