import { childPath } from "@outrigger/types";
import type { JsonValue } from "@outrigger/types";
import { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";
import type { Document, Node, Pair, Scalar, YAMLMap } from "yaml";
import { resolvePlain } from "./yaml-scalars.ts";

/** Something that is wrong at a place in the text, given as an offset. */
export interface NodeProblem {
  readonly path: string;
  readonly message: string;
  readonly offset: number;
}

const MAX_ALIASED_NODES = 10_000;
const TAG = "tag:yaml.org,2002:";

/**
 * Turns the nodes of one YAML document, parsed with nothing resolved, into the JSON value that Kubernetes' tools see in it, and
 * gathers what they could not make sense of.
 */
export class ManifestReader {
  readonly problems: NodeProblem[] = [];
  readonly #document: Document.Parsed;
  /** Collections that are being read: an alias of one of them would make it contain itself. */
  readonly #open = new Set<unknown>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  read(): JsonValue {
    return this.#value(this.#document.contents, "");
  }

  #value(node: unknown, path: string): JsonValue {
    if (isAlias(node)) return this.#aliased(node, path);
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (isScalar(node)) return this.#scalar(node, path);
    this.#open.add(node);
    const value = this.#collection(node, path);
    this.#open.delete(node);
    return value;
  }

  #collection(node: unknown, path: string): JsonValue {
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, `${path}[${index}]`));
    return isMap(node) ? this.#object(node, path) : null;
  }

  #aliased(node: Node, path: string): JsonValue {
    const target = resolveAlias(node, this.#document);
    if (target === undefined) return this.#problem(node, path, "refers to an anchor that is not there");
    if (this.#open.has(target)) return this.#problem(node, path, "contains itself");
    if (this.#aliasedNodes > MAX_ALIASED_NODES) return this.#problem(node, path, "uses aliases beyond measure");
    this.#aliasDepth += 1;
    const value = this.#value(target, path);
    this.#aliasDepth -= 1;
    return value;
  }

  #object(map: YAMLMap, path: string): JsonValue {
    const own = new Map<string, JsonValue>();
    const merged = new Map<string, JsonValue>();
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        this.#merge(pair, path, merged);
        continue;
      }
      const key = this.#key(pair, path);
      if (own.has(key)) this.#problem(pair.key, childPath(path, key), "is given twice");
      own.set(key, this.#value(pair.value, childPath(path, key)));
    }
    return Object.fromEntries([...merged, ...own]);
  }

  #merge(pair: Pair, path: string, into: Map<string, JsonValue>): void {
    const value = this.#value(pair.value, path);
    const sources: readonly JsonValue[] = Array.isArray(value) ? value : [value];
    for (const source of sources) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        this.#problem(pair.key, path, "can merge (<<) objects only");
        continue;
      }
      for (const [key, member] of Object.entries(source)) if (!into.has(key)) into.set(key, member);
    }
  }

  #key({ key }: Pair, path: string): string {
    const value = this.#value(key, path);
    if (value !== null && typeof value !== "object") return String(value);
    this.#problem(key, path, "has a key that is no text");
    return "";
  }

  #scalar(node: Scalar, path: string): JsonValue {
    const text = String(node.value);
    if (node.tag === undefined && node.type !== "PLAIN") return text;
    if (node.tag === "!" || node.tag === `${TAG}str`) return text;
    const value = resolvePlain(text);
    if (node.tag !== undefined && !fitsTag(node.tag, value)) {
      return this.#problem(
        node,
        path,
        `does not fit its tag ${node.tag.replace(TAG, "!!")}, or Kubernetes does not know that tag`,
      );
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      return this.#problem(node, path, `is ${text}, which JSON cannot carry (quote it if it is meant as text)`);
    }
    return value;
  }

  #problem(node: unknown, path: string, message: string): null {
    this.problems.push({ path, message, offset: offsetOf(node) });
    return null;
  }
}

/** Where a node starts in the text. */
export function offsetOf(node: unknown): number {
  const withRange = isPair(node) ? node.key : node;
  return (withRange as Node | null)?.range?.[0] ?? 0;
}

/** The text of a map's key, as it appears in field paths. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return "";
  const text = String(key.value);
  return key.type === "PLAIN" && key.tag === undefined ? String(resolvePlain(text)) : text;
}

export function resolveAlias(node: unknown, document: Document.Parsed): Node | undefined {
  return isAlias(node) ? node.resolve(document) : (node as Node | undefined);
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

function fitsTag(tag: string, value: unknown): boolean {
  switch (tag) {
    case `${TAG}null`:
      return value === null;
    case `${TAG}bool`:
      return typeof value === "boolean";
    case `${TAG}int`:
      return Number.isInteger(value);
    case `${TAG}float`:
      return typeof value === "number";
    default:
      return false;
  }
}
