import type { KubeObject } from "@outrigger/types";
import { builtInKinds } from "./built-in/built-in-kinds.ts";
import { customKinds } from "./custom-kind.ts";
import type { Kind } from "./kind.ts";

/** Sorts versions as Kubernetes prefers them: v2, v1, v1beta1, v1alpha1, then the rest by name. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  for (const [index, value] of left.entries()) {
    const difference = (right[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

const STABILITY: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };

function rank(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const [, major, stability, minor] = match;
  return [stability === undefined ? 3 : (STABILITY[stability] ?? 0), Number(major), Number(minor ?? 0)];
}

/**
 * The kinds that are served now: the built-in ones and those of the CustomResourceDefinitions.
 *
 * K1. A group, version and plural name one kind.
 * K2. A kind is served from the moment its definition is stored until the definition is gone.
 */
export class KindRegistry {
  readonly #kinds = new Map<string, Kind>();
  readonly #byDefinition = new Map<string, readonly Kind[]>();

  constructor() {
    for (const kind of builtInKinds()) this.#kinds.set(keyOf(kind.resource), kind);
  }

  find(path: { readonly group: string; readonly version: string; readonly plural: string }): Kind | undefined {
    return this.#kinds.get(keyOf(path));
  }

  /** Any version of the kind, as owner references and events name it. */
  findByKind(apiVersion: string, kind: string): Kind | undefined {
    const [version = "", group = ""] = apiVersion.split("/").reverse();
    const ofGroup = this.all().filter((each) => each.resource.group === group && each.resource.kind === kind);
    return ofGroup.find((each) => each.resource.version === version) ?? ofGroup[0];
  }

  all(): Kind[] {
    return [...this.#kinds.values()];
  }

  /** One kind for each collection of the store. */
  stored(): Kind[] {
    return [
      ...new Map(
        this.all()
          .reverse()
          .map((kind) => [kind.collection, kind]),
      ).values(),
    ];
  }

  /** Takes in what a definition stands for, instead of what it stood for before. */
  define(definition: KubeObject): void {
    this.undefine(definition);
    const kinds = customKinds(definition);
    this.#byDefinition.set(definition.metadata.name ?? "", kinds);
    for (const kind of kinds) this.#kinds.set(keyOf(kind.resource), kind);
  }

  undefine(definition: KubeObject): void {
    const name = definition.metadata.name ?? "";
    for (const kind of this.#byDefinition.get(name) ?? []) this.#kinds.delete(keyOf(kind.resource));
    this.#byDefinition.delete(name);
  }
}

function keyOf(path: { readonly group: string; readonly version: string; readonly plural: string }): string {
  return `${path.group}/${path.version}/${path.plural}`;
}
