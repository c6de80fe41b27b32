import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { jsonEqual } from "../json/equal.ts";
import type { ApplyShape } from "./apply-shape.ts";
import { findItem, itemKey } from "./item-key.ts";

/** Lays a configuration over what is there: what it does not mention stays. */
export function mergeApplied(current: JsonValue | undefined, applied: JsonValue, shape: ApplyShape): JsonValue {
  if (shape.kind === "fields" && isJsonObject(current) && isJsonObject(applied))
    return mergeFields(current, applied, shape);
  if (!Array.isArray(current) || !Array.isArray(applied)) return applied;
  const [before, items]: [readonly JsonValue[], readonly JsonValue[]] = [current, applied];
  if (shape.kind === "set")
    return [...before, ...items.filter((item) => !before.some((other) => jsonEqual(other, item)))];
  return shape.kind === "items"
    ? items.reduce<readonly JsonValue[]>((list, item) => mergeItem(list, item, shape), before)
    : items;
}

function mergeFields(
  current: JsonObject,
  applied: JsonObject,
  shape: ApplyShape & { readonly kind: "fields" },
): JsonObject {
  const fields = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(applied)) {
    fields.set(name, mergeApplied(fields.get(name), value, shape.field(name)));
  }
  return Object.fromEntries(fields);
}

function mergeItem(
  list: readonly JsonValue[],
  item: JsonValue,
  shape: ApplyShape & { readonly kind: "items" },
): readonly JsonValue[] {
  const index = findItem(list, itemKey(item, shape.keys));
  return index < 0 ? [...list, item] : list.with(index, mergeApplied(list[index], item, shape.item));
}
