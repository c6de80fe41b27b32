import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { own } from "../own.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { sameJson } from "../same-json.ts";

/** How the lists within an object are merged: item by item, told apart by a field of theirs. Other lists are replaced whole. */
export interface MergeRules {
  readonly lists?: Readonly<Record<string, ListRule>>;
  /** Objects that have rules of their own. */
  readonly objects?: Readonly<Record<string, MergeRules>>;
}

interface ListRule {
  readonly key: string;
  readonly items?: MergeRules;
}

const DIRECTIVE = "$patch";
const DELETE_PREFIX = "$deleteFromPrimitiveList/";
// Says in which order the server shall keep a list: of no matter here.
const ORDER_PREFIX = "$setElementOrder/";
const RETAIN_KEYS = "$retainKeys";

/** Kubernetes' strategic merge: fields of `patch` win, null takes a field away. A failure says at which path it cannot be done. */
export function strategicMerge(original: JsonObject, patch: JsonObject, rules: MergeRules): Outcome<JsonObject> {
  try {
    return succeeded(mergeObject(original, patch, { rules, path: "" }));
  } catch (error) {
    if (error instanceof Unmergeable) return failed(error.message);
    throw error;
  }
}

class Unmergeable extends Error {
  override readonly name = "Unmergeable";
}

interface At {
  readonly rules: MergeRules;
  readonly path: string;
}

function mergeObject(original: JsonObject, patch: JsonObject, at: At): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") {
    throw new Unmergeable(`${at.path}.$patch must be merge, replace or delete, not ${JSON.stringify(directive)}`);
  }
  const merged = new Map(Object.entries(retained(original, patch)));
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_PREFIX)) deleteItems(merged, name.slice(DELETE_PREFIX.length), value);
    else if (!isDirective(name)) mergeField(merged, name, value, at);
  }
  return Object.fromEntries(merged);
}

function isDirective(name: string): boolean {
  return name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(ORDER_PREFIX);
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) return original;
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)));
}

function deleteItems(merged: Map<string, JsonValue>, name: string, unwanted: JsonValue): void {
  const current = merged.get(name);
  if (!Array.isArray(current) || !Array.isArray(unwanted)) return;
  merged.set(
    name,
    current.filter((item) => !unwanted.some((other) => sameJson(item, other))),
  );
}

function mergeField(merged: Map<string, JsonValue>, name: string, value: JsonValue, { rules, path }: At): void {
  if (value === null) return void merged.delete(name);
  const at = path === "" ? name : `${path}.${name}`;
  const current = merged.get(name);
  const list = own(rules.lists, name);
  if (list !== undefined) merged.set(name, mergeList(isList(current) ? current : [], value, { ...list, path: at }));
  else if (!isJsonObject(value)) merged.set(name, value);
  else {
    const inner = own(rules.objects, name) ?? {};
    merged.set(name, mergeObject(isJsonObject(current) ? current : {}, value, { rules: inner, path: at }));
  }
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

type ListAt = ListRule & { readonly path: string };

function mergeList(original: readonly JsonValue[], patch: JsonValue, list: ListAt): readonly JsonValue[] {
  if (!isList(patch)) throw new Unmergeable(`${list.path} must be a list, not ${JSON.stringify(patch)}`);
  const items = patch.map((item, index) => {
    if (isJsonObject(item)) return item;
    throw new Unmergeable(`${list.path}[${index}] must be an object, not ${JSON.stringify(item)}`);
  });
  const replaced = items.some(isReplacement);
  return items.reduce<readonly JsonValue[]>(
    (merged, item, index) =>
      isReplacement(item) ? merged : mergeItem(merged, item, { ...list, path: `${list.path}[${index}]` }),
    replaced ? [] : original,
  );
}

function isReplacement(item: JsonObject): boolean {
  return item[DIRECTIVE] === "replace";
}

function mergeItem(list: readonly JsonValue[], item: JsonObject, { key, items = {}, path }: ListAt) {
  const id = item[key];
  if (id === undefined) {
    throw new Unmergeable(`${path}.${key} is required: items of this list are told apart by it`);
  }
  const at = list.findIndex((other) => isJsonObject(other) && other[key] === id);
  if (item[DIRECTIVE] === "delete") return list.filter((_, position) => position !== at);
  const current = list[at];
  const value = mergeObject(isJsonObject(current) ? current : {}, item, { rules: items, path });
  return at < 0 ? [...list, value] : list.with(at, value);
}

function withoutDirectives(value: JsonObject): JsonObject {
  const plain = Object.entries(value).filter(([name, field]) => !name.startsWith("$") && field !== null);
  return Object.fromEntries(
    plain.map(([name, field]) => [name, isJsonObject(field) ? withoutDirectives(field) : field]),
  );
}
