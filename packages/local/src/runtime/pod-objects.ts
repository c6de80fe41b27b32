// Owns: one pod's view of the Secrets and ConfigMaps that it names, current at all times. Does not own: what is made of them.
import type { PodApi } from "./pod-api.ts";
import { objectData } from "./referenced-objects.ts";
import type { ObjectData, ObjectLookup, Reference } from "./referenced-objects.ts";

export class PodObjects {
  /** Resolves once the API has told about each of them. */
  readonly known: Promise<unknown>;
  readonly #data = new Map<string, ObjectData | undefined>();
  readonly #stops: readonly (() => void)[];

  /** `onChange` is called for what changes after the first answer. */
  constructor(api: PodApi, namespace: string, references: readonly Reference[], onChange: () => void) {
    const watches = references.map(({ kind, name }) => {
      const first = Promise.withResolvers<void>();
      const stop = api.watchObject({ kind, namespace, name }, (object) => {
        const again = this.#data.has(key(kind, name));
        this.#data.set(key(kind, name), object === undefined ? undefined : objectData(kind, object));
        first.resolve();
        if (again) onChange();
      });
      return { first: first.promise, stop };
    });
    this.known = Promise.all(watches.map((watch) => watch.first));
    this.#stops = watches.map((watch) => watch.stop);
  }

  readonly lookup: ObjectLookup = (kind, name) => this.#data.get(key(kind, name));

  close(): void {
    for (const stop of this.#stops) stop();
  }
}

function key(kind: string, name: string): string {
  return `${kind}/${name}`;
}
