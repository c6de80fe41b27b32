import type { JsonObject } from "@outrigger/types";
import { structType } from "../../schema/struct-types.ts";
import type { FieldType, ListType, Scalar } from "../../schema/struct-types.ts";

const SCALARS: Readonly<Record<Scalar, JsonObject>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int: { type: "integer" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  float: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  Time: { type: "string", format: "date-time" },
  MicroTime: { type: "string", format: "date-time" },
  Quantity: { oneOf: [{ type: "string" }, { type: "number" }] },
  IntOrString: { oneOf: [{ type: "integer" }, { type: "string" }], format: "int-or-string" },
  any: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};

export function schemaName(struct: string): string {
  return `io.k8s.${struct}`;
}

export function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of a type and of all that it is made of, into `schemas` by name. */
export function collectStructSchemas(struct: string, schemas: Map<string, JsonObject>): void {
  const name = schemaName(struct);
  if (schemas.has(name)) return;
  const properties: [string, JsonObject][] = [];
  const schema: JsonObject = { type: "object" };
  schemas.set(name, schema);
  for (const field of structType(struct).fields.values()) {
    properties.push([field.name, schemaOf(field.type, schemas)]);
  }
  schemas.set(name, { ...schema, properties: Object.fromEntries(properties) });
}

function schemaOf(type: FieldType, schemas: Map<string, JsonObject>): JsonObject {
  switch (type.kind) {
    case "scalar":
      return SCALARS[type.scalar];
    case "map":
      return { type: "object", additionalProperties: schemaOf(type.values, schemas) };
    case "list":
      return { type: "array", items: schemaOf(type.items, schemas), ...listExtensions(type) };
    case "struct":
      collectStructSchemas(type.name, schemas);
      // A description beside a reference needs the reference to stand in a list of its own.
      return { allOf: [schemaRef(schemaName(type.name))] };
    default:
      return type satisfies never;
  }
}

function listExtensions({ mapKeys }: ListType): JsonObject {
  if (mapKeys === undefined) return { "x-kubernetes-list-type": "atomic" };
  if (mapKeys.length === 0) return { "x-kubernetes-list-type": "set" };
  return { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": mapKeys };
}
