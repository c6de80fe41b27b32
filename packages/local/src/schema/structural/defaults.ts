import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { schemaOfField } from "./schema.ts";
import type { StructuralSchema } from "./schema.ts";

/** Fills in defaults; drops nulls where null is no value. A value that stays as it is comes back itself. */
export function applyDefaults(value: JsonValue, schema: StructuralSchema): JsonValue {
  if (Array.isArray(value)) return defaultList(value, schema);
  return isJsonObject(value) ? defaultObject(value, schema) : value;
}

function defaultList(list: readonly JsonValue[], schema: StructuralSchema): JsonValue {
  const { items } = schema;
  if (items === undefined) return list;
  const filled = list.map((item) =>
    applyDefaults(isMeaninglessNull(item, items) ? (items.default ?? item) : item, items),
  );
  return filled.every((item, index) => item === list[index]) ? list : filled;
}

function defaultObject(value: JsonObject, schema: StructuralSchema): JsonObject {
  const given = Object.entries(value).flatMap(([name, field]) => {
    const filled = defaultField(field, schemaOfField(schema, name) ?? ANYTHING);
    return filled === undefined ? [] : [[name, filled] as const];
  });
  const missing = Object.entries(schema.properties ?? {}).flatMap(([name, fieldSchema]) => {
    const { default: fallback } = fieldSchema;
    return Object.hasOwn(value, name) || fallback === undefined
      ? []
      : [[name, applyDefaults(fallback, fieldSchema)] as const];
  });
  const isSame = missing.length === 0 && given.every(([name, field]) => value[name] === field);
  return isSame && given.length === Object.keys(value).length ? value : Object.fromEntries([...given, ...missing]);
}

const ANYTHING: StructuralSchema = { nullable: true };

/** undefined for a field that is to go. */
function defaultField(field: JsonValue, schema: StructuralSchema): JsonValue | undefined {
  const wanted = isMeaninglessNull(field, schema) ? schema.default : field;
  return wanted === undefined ? undefined : applyDefaults(wanted, schema);
}

function isMeaninglessNull(value: JsonValue, schema: StructuralSchema): boolean {
  return value === null && schema.nullable !== true && schema["x-kubernetes-preserve-unknown-fields"] !== true;
}
