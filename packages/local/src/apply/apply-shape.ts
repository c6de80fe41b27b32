import { structType } from "../schema/struct-types.ts";
import type { FieldType } from "../schema/struct-types.ts";
import { schemaOfField } from "../schema/structural/schema.ts";
import type { StructuralSchema } from "../schema/structural/schema.ts";
import type { Shape } from "../kinds/kind.ts";

/** How a value is applied: field by field, item by item, or as one. */
export type ApplyShape =
  | { readonly kind: "fields"; readonly field: (name: string) => ApplyShape; readonly isMap: boolean }
  | { readonly kind: "items"; readonly keys: readonly string[]; readonly item: ApplyShape }
  | { readonly kind: "set" }
  | { readonly kind: "whole" };

const WHOLE: ApplyShape = { kind: "whole" };
/** Nobody says what is in there: objects merge, lists are one value. */
const UNKNOWN: ApplyShape = { kind: "fields", field: () => UNKNOWN, isMap: true };

export function applyShape(shape: Shape): ApplyShape {
  if (shape.from === "struct") return ofType({ kind: "struct", name: shape.type, atomic: false });
  const root = ofSchema(shape.schema);
  const metadata = ofType({ kind: "struct", name: "ObjectMeta", atomic: false });
  if (root.kind !== "fields") return UNKNOWN;
  return { ...root, field: (name) => (name === "metadata" ? metadata : root.field(name)) };
}

function ofType(type: FieldType): ApplyShape {
  switch (type.kind) {
    case "scalar":
      return type.scalar === "any" ? UNKNOWN : WHOLE;
    case "struct":
      return type.atomic ? WHOLE : ofStruct(type.name);
    case "map":
      return type.atomic ? WHOLE : { kind: "fields", field: () => ofType(type.values), isMap: true };
    case "list":
      if (type.mapKeys === undefined) return WHOLE;
      return type.mapKeys.length === 0
        ? { kind: "set" }
        : { kind: "items", keys: type.mapKeys, item: ofType(type.items) };
    default:
      return type satisfies never;
  }
}

function ofStruct(name: string): ApplyShape {
  const { fields } = structType(name);
  const field = (fieldName: string): ApplyShape => {
    const found = fields.get(fieldName);
    return found === undefined ? UNKNOWN : ofType(found.type);
  };
  return { kind: "fields", field, isMap: false };
}

function ofSchema(schema: StructuralSchema): ApplyShape {
  if (schema.type === "array") return ofList(schema);
  if (schema.type !== undefined && schema.type !== "object") return WHOLE;
  if (schema["x-kubernetes-map-type"] === "atomic") return WHOLE;
  const field = (name: string): ApplyShape => {
    const found = schemaOfField(schema, name);
    return found === undefined ? UNKNOWN : ofSchema(found);
  };
  return { kind: "fields", field, isMap: schema.properties === undefined };
}

function ofList(schema: StructuralSchema): ApplyShape {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "set") return { kind: "set" };
  if (listType !== "map") return WHOLE;
  return { kind: "items", keys: schema["x-kubernetes-list-map-keys"] ?? [], item: ofSchema(schema.items ?? {}) };
}
