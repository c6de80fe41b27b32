import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { jsonEqual } from "../json/equal.ts";
import { goText, unmergeable } from "./go-text.ts";
import type { FieldType, ListType } from "../schema/struct-types.ts";

type List = readonly JsonValue[];

export interface ListMerge {
  readonly type: ListType;
  readonly mergeFields: (original: JsonObject, patch: JsonObject, type: FieldType | undefined) => JsonObject;
}

/** What tells items apart: the value of the merge key, or the item itself in a list of scalars. */
function identity(item: JsonValue, mergeKey: string): JsonValue | undefined {
  if (mergeKey === "") return item;
  return isJsonObject(item) ? item[mergeKey] : undefined;
}

/** Merges two lists item by item. */
export function mergeList(current: List, patch: List, merge: ListMerge): List {
  const { mergeKey = "" } = merge.type;
  if (mergeKey === "") {
    const both = [...current, ...patch];
    const unique = both.filter((item, index) => both.findIndex((other) => jsonEqual(other, item)) === index);
    return orderAs(unique, { wanted: patch, serverOrder: current, mergeKey });
  }
  const directives = patch.filter((item): item is JsonObject => isJsonObject(item) && item["$patch"] !== undefined);
  const plain = patch.filter(
    (item) => !isJsonObject(item) || item["$patch"] === undefined || item["$patch"] === "merge",
  );
  if (directives.some((item) => item["$patch"] === "replace")) return plain;
  const kept = directives.reduce<List>((list, item) => deleteItem(list, item, mergeKey), current);
  const merged = plain.reduce<List>((list, item) => mergeItem(list, item, merge), kept);
  return orderAs(merged, { wanted: plain, serverOrder: kept, mergeKey });
}

function keyOf(item: JsonValue, mergeKey: string): JsonValue {
  const key = identity(item, mergeKey);
  if (key !== undefined) return key;
  throw unmergeable(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

function deleteItem(list: List, directive: JsonObject, mergeKey: string): List {
  if (directive["$patch"] !== "delete") return list;
  const key = keyOf(directive, mergeKey);
  return list.filter((item) => !jsonEqual(identity(item, mergeKey), key));
}

function mergeItem(list: List, patch: JsonValue, { type, mergeFields }: ListMerge): List {
  const { mergeKey = "" } = type;
  const key = keyOf(patch, mergeKey);
  const index = list.findIndex((item) => jsonEqual(identity(item, mergeKey), key));
  const current = list[index] ?? {};
  const merged = isJsonObject(patch) ? mergeFields(isJsonObject(current) ? current : {}, patch, type.items) : patch;
  return index < 0 ? [...list, merged] : list.with(index, merged);
}

export interface Order {
  /** Items, or just their keys, in the order that the patch wants. */
  readonly wanted: List;
  /** As the list was before. */
  readonly serverOrder: List;
  readonly mergeKey: string;
}

/** Puts the items that the patch names in its order; the others keep theirs, before those that they stood before. */
export function orderAs(list: List, order: Order): List {
  const { wanted, serverOrder, mergeKey } = order;
  const position = (items: List, item: JsonValue): number =>
    items.findIndex((other) => jsonEqual(identity(other, mergeKey), identity(item, mergeKey)));
  const byPosition = (items: List) => (a: JsonValue, b: JsonValue) => position(items, a) - position(items, b);
  const named = list.filter((item) => position(wanted, item) >= 0).sort(byPosition(wanted));
  const others = list.filter((item) => position(wanted, item) < 0).sort(byPosition(serverOrder));
  const ordered: JsonValue[] = [];
  const takeOthersBefore = (item: JsonValue): void => {
    const limit = position(serverOrder, item);
    while (others[0] !== undefined && position(serverOrder, others[0]) < limit) ordered.push(...others.splice(0, 1));
  };
  for (const item of named) {
    takeOthersBefore(item);
    ordered.push(item);
  }
  return [...ordered, ...others];
}
