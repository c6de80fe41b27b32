import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApplyShape } from "./apply-shape.ts";
import { findItem, itemKey } from "./item-key.ts";

/**
 * A set of fields, as `managedFields` writes it: `f:name` a field, `k:{…}` an item by its keys, `v:…` a value of a set; `.` says that the
 * map, list or item itself belongs to the set. A step without steps below it is a field that is taken as a whole.
 */
export type FieldTree = { readonly [step: string]: FieldTree };

const SELF = ".";

/** The fields that a configuration says something about. */
export function fieldsOf(value: JsonValue, shape: ApplyShape): FieldTree {
  if (shape.kind === "fields" && isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, field]) => [`f:${name}`, fieldsOf(field, shape.field(name))]);
    return {
      ...(shape.isMap && entries.length > 0 ? { [SELF]: {} } : {}),
      ...(Object.fromEntries(entries) as FieldTree),
    };
  }
  if (!Array.isArray(value) || shape.kind === "whole" || shape.kind === "fields") return {};
  const items: readonly JsonValue[] = value;
  const steps = items.map((item) =>
    shape.kind === "items" ? itemStep(item, shape) : [`v:${JSON.stringify(item)}`, {}],
  );
  return { ...(steps.length > 0 ? { [SELF]: {} } : {}), ...(Object.fromEntries(steps) as FieldTree) };
}

function itemStep(item: JsonValue, shape: ApplyShape & { readonly kind: "items" }): [string, FieldTree] {
  return [`k:${JSON.stringify(itemKey(item, shape.keys))}`, { [SELF]: {}, ...fieldsOf(item, shape.item) }];
}

export function isLeaf(tree: FieldTree): boolean {
  return Object.keys(tree).length === 0;
}

export function union(a: FieldTree, b: FieldTree): FieldTree {
  const steps = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...steps].map((step) => [step, union(a[step] ?? {}, b[step] ?? {})]));
}

/** The fields of `a` that are not in `b`. */
export function subtract(a: FieldTree, b: FieldTree): FieldTree {
  const left: [string, FieldTree][] = [];
  for (const [step, below] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined) left.push([step, below]);
    else if (!isLeaf(below)) {
      const rest = subtract(below, other);
      if (!isLeaf(rest)) left.push([step, rest]);
    }
  }
  return Object.fromEntries(left);
}

export type FieldPath = readonly string[];

/** The fields that stand for values, each by the steps to it. */
export function* leaves(tree: FieldTree, path: FieldPath = []): Iterable<FieldPath> {
  for (const [step, below] of Object.entries(tree)) {
    if (step === SELF) continue;
    if (isLeaf(below)) yield [...path, step];
    else yield* leaves(below, [...path, step]);
  }
}

/** Whether the path leads to a field that is taken as a whole. */
export function hasLeaf(tree: FieldTree, path: FieldPath): boolean {
  let here: FieldTree | undefined = tree;
  for (const step of path) here = here?.[step];
  return here !== undefined && isLeaf(here);
}

/** The tree of one field. */
export function treeOf(path: FieldPath): FieldTree {
  return path.reduceRight<FieldTree>((below, step) => ({ [step]: below }), {});
}

export function valueAtPath(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(follow, value);
}

function follow(value: JsonValue | undefined, step: string): JsonValue | undefined {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return isJsonObject(value) ? value[rest] : undefined;
  if (!Array.isArray(value)) return undefined;
  const list: readonly JsonValue[] = value;
  if (step.startsWith("k:")) return list[findItem(list, JSON.parse(rest) as JsonObject)];
  return list.find((item) => JSON.stringify(item) === rest);
}

/** `.spec.containers[name="a"].image` */
export function pathText(path: FieldPath): string {
  return path.map(stepText).join("");
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return `.${rest}`;
  if (step.startsWith("v:")) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  return `[${keys.join(",")}]`;
}

/** The value without the fields of the tree. A map or list that belongs to them goes once it is empty, an item of a list at once. */
export function removeFields(value: JsonValue, tree: FieldTree): JsonValue | undefined {
  if (isLeaf(tree)) return undefined;
  const rest = Array.isArray(value) ? removeItems(value, tree) : isJsonObject(value) ? removeNamed(value, tree) : value;
  const isEmpty = Array.isArray(rest) ? rest.length === 0 : isJsonObject(rest) && Object.keys(rest).length === 0;
  return isEmpty && SELF in tree ? undefined : rest;
}

function removeNamed(value: JsonObject, tree: FieldTree): JsonObject {
  const kept: [string, JsonValue][] = [];
  for (const [name, field] of Object.entries(value)) {
    const below = tree[`f:${name}`];
    const rest = below === undefined ? field : removeFields(field, below);
    if (rest !== undefined) kept.push([name, rest]);
  }
  return Object.fromEntries(kept);
}

function removeItems(list: readonly JsonValue[], tree: FieldTree): JsonValue {
  const steps = Object.entries(tree).filter(([step]) => step !== SELF);
  return list.flatMap((item) => {
    const found = steps.find(([step]) => follow([item], step) !== undefined);
    if (found === undefined) return [item];
    const [step, below] = found;
    const rest = step.startsWith("v:") || SELF in below ? undefined : removeFields(item, below);
    return rest === undefined ? [] : [rest];
  });
}
