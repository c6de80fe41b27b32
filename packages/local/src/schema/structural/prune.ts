import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { keepsUnknown, schemaOfField } from "./schema.ts";
import type { StructuralSchema } from "./schema.ts";

const TYPE_META: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/** Drops the fields that the schema does not know; their paths go to `unknown`. A value of which nothing is dropped comes back itself. */
export function prune(value: JsonObject, schema: StructuralSchema, unknown: string[]): JsonObject {
  return pruneObject(value, { ...schema, "x-kubernetes-embedded-resource": true }, { path: "", unknown });
}

interface Place {
  readonly path: string;
  readonly unknown: string[];
}

function pruneValue(value: JsonValue, schema: StructuralSchema, place: Place): JsonValue {
  if (Array.isArray(value)) return pruneList(value, schema, place);
  return isJsonObject(value) ? pruneObject(value, schema, place) : value;
}

function pruneList(list: readonly JsonValue[], schema: StructuralSchema, place: Place): JsonValue {
  const { items } = schema;
  if (items === undefined) return list;
  const pruned = list.map((item, index) => pruneValue(item, items, { ...place, path: `${place.path}[${index}]` }));
  return pruned.every((item, index) => item === list[index]) ? list : pruned;
}

function pruneObject(value: JsonObject, schema: StructuralSchema, place: Place): JsonObject {
  const kept: [string, JsonValue][] = [];
  let changed = false;
  for (const [name, field] of Object.entries(value)) {
    const pruned = pruneField(name, field, schema, place);
    if (pruned !== undefined) kept.push([name, pruned]);
    changed ||= pruned !== field;
  }
  return changed ? Object.fromEntries(kept) : value;
}

/** undefined for a field that is to go. */
function pruneField(name: string, field: JsonValue, schema: StructuralSchema, place: Place): JsonValue | undefined {
  if (schema["x-kubernetes-embedded-resource"] === true && TYPE_META.has(name)) return field;
  const path = place.path === "" ? name : `${place.path}.${name}`;
  const fieldSchema = schemaOfField(schema, name);
  if (fieldSchema !== undefined) return pruneValue(field, fieldSchema, { ...place, path });
  if (keepsUnknown(schema)) return field;
  place.unknown.push(path);
  return undefined;
}
