import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { jsonEqual } from "../json/equal.ts";

/** Keys of lists that need not be written. */
const KEY_DEFAULTS: JsonObject = { protocol: "TCP" };

/** What tells an item from the others of its list. */
export function itemKey(item: JsonValue, keys: readonly string[]): JsonObject {
  const fields = isJsonObject(item) ? item : {};
  return Object.fromEntries([...keys].sort().map((key) => [key, fields[key] ?? KEY_DEFAULTS[key] ?? null]));
}

export function findItem(list: readonly JsonValue[], key: JsonObject): number {
  const keys = Object.keys(key);
  return list.findIndex((item) => jsonEqual(itemKey(item, keys), key));
}
