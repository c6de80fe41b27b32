import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

/** RFC 7386: objects merge field by field, null removes, anything else replaces. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const fields = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, mergePatch(fields.get(name), value));
  }
  return Object.fromEntries(fields);
}

/** As `mergePatch`, between objects. */
export function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = mergePatch(target, patch);
  return isJsonObject(merged) ? merged : target;
}
