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
  const filled: Record<string, JsonValue> = {};
  let changed = false;
  for (const [name, field] of Object.entries(value)) {
    const fieldSchema = schemaOfField(schema, name) ?? { nullable: true };
    const result = isMeaninglessNull(field, fieldSchema) ? fieldSchema.default : field;
    if (result !== undefined) Object.defineProperty(filled, name, ownField(applyDefaults(result, fieldSchema)));
    changed ||= filled[name] !== field;
  }
  for (const [name, fieldSchema] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, name) || fieldSchema.default === undefined) continue;
    filled[name] = applyDefaults(fieldSchema.default, fieldSchema);
    changed = true;
  }
  return changed ? filled : value;
}

// A user may call a field `__proto__`; assigning it would do something else.
function ownField(value: JsonValue): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}

function isMeaninglessNull(value: JsonValue, schema: StructuralSchema): boolean {
  return value === null && schema.nullable !== true && schema["x-kubernetes-preserve-unknown-fields"] !== true;
}
