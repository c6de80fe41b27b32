import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { STRUCT_DEFAULTS } from "./struct-defaults.ts";
import { goName, isEmptyScalar, readScalar, wrongType } from "./scalars.ts";
import { structType } from "./struct-types.ts";
import type { Field, FieldType, StructType } from "./struct-types.ts";

export { DecodeError } from "./scalars.ts";

/** Where the decoder stands: for messages in the words of Go's decoder. */
interface Place {
  /** The type that has the field: `EnvVar`. */
  readonly owner: string;
  /** Path without indexes: `spec.containers.env.value`. */
  readonly goPath: string;
  /** Path with indexes: `spec.containers[0].env[1].value`. */
  readonly path: string;
  readonly unknown: string[];
}

export interface Decoded {
  readonly value: JsonObject;
  /** Paths of fields that the type does not have; they are dropped. */
  readonly unknownFields: readonly string[];
}

/** Reads an object as the type of a built-in kind: as Go would read it and write it again. Throws a DecodeError. */
export function decodeStruct(value: JsonObject, type: string): Decoded {
  const unknownFields: string[] = [];
  const root = structType(type);
  const place: Place = { owner: type, goPath: "", path: "", unknown: unknownFields };
  return { value: readFields(value, root, place), unknownFields };
}

function readFields(value: JsonObject, type: StructType, place: Place): JsonObject {
  const result: Record<string, JsonValue> = {};
  const take = (field: Field, given: JsonValue | undefined): void => {
    const read = readField(given, field, {
      ...place,
      owner: type.name,
      goPath: join(place.goPath, field.name),
      path: join(place.path, field.name),
    });
    if (read !== undefined) result[field.name] = read;
  };
  for (const [name, given] of Object.entries(value)) {
    const field = type.fields.get(name);
    if (field === undefined) place.unknown.push(join(place.path, name));
    else take(field, given);
  }
  for (const field of type.fields.values()) if (!Object.hasOwn(value, field.name)) take(field, undefined);
  return STRUCT_DEFAULTS[type.name]?.(result) ?? result;
}

function readField(given: JsonValue | undefined, field: Field, place: Place): JsonValue | undefined {
  if (given === undefined || given === null) return missing(field, place);
  const read = readValue(given, field.type, place);
  if (!isEmpty(read, field.type)) return read;
  if (field.presence === "nonEmpty") return undefined;
  // What is always there and empty comes back as null, however it was written.
  return field.presence === "always" && field.type.kind !== "scalar" ? null : read;
}

function missing(field: Field, place: Place): JsonValue | undefined {
  if (field.presence === "given") return undefined;
  return field.presence === "orNull" ? null : zeroValue(field, place);
}

function isEmpty(value: JsonValue, type: FieldType): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (type.kind === "map") return isJsonObject(value) && Object.keys(value).length === 0;
  return type.kind === "scalar" && type.scalar !== "any" && isEmptyScalar(value);
}

const ZEROES: Readonly<Record<string, JsonValue>> = { string: "", bool: false, IntOrString: 0 };
/** Scalars that are structs to Go, which never leaves one out. */
const ZERO_STRUCTS: Readonly<Record<string, JsonValue>> = { Time: null, MicroTime: null, Quantity: "0" };
const NULL_WHEN_ZERO: ReadonlySet<string> = new Set(["Time", "MicroTime", "any", "bytes"]);

// What Go writes for a field that was not given: structs always, other things only where they are never left out.
function zeroValue(field: Field, place: Place): JsonValue | undefined {
  const { type } = field;
  if (type.kind === "struct") return readFields({}, structType(type.name), place);
  if (type.kind === "scalar" && Object.hasOwn(ZERO_STRUCTS, type.scalar)) return ZERO_STRUCTS[type.scalar];
  if (field.presence === "nonEmpty") return undefined;
  if (type.kind !== "scalar" || NULL_WHEN_ZERO.has(type.scalar)) return null;
  return ZEROES[type.scalar] ?? 0;
}

function readValue(value: JsonValue, type: FieldType, place: Place): JsonValue {
  switch (type.kind) {
    case "scalar":
      return readScalar(type.scalar, value, fieldName(place));
    case "struct":
      if (!isJsonObject(value)) throw wrongType(value, fieldName(place), goTypeName(type));
      return readFields(value, structType(type.name), place);
    case "list":
      if (!Array.isArray(value)) throw wrongType(value, fieldName(place), goTypeName(type));
      return value.map((item: JsonValue, index) =>
        readItem(item, type.items, { ...place, path: `${place.path}[${index}]` }),
      );
    case "map":
      if (!isJsonObject(value)) throw wrongType(value, fieldName(place), goTypeName(type));
      return readMap(value, type.values, place);
    default:
      return type satisfies never;
  }
}

function readMap(value: JsonObject, type: FieldType, place: Place): JsonObject {
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [
    key,
    readItem(item, type, { ...place, path: join(place.path, key) }),
  ]);
  return Object.fromEntries(entries);
}

function readItem(item: JsonValue, type: FieldType, place: Place): JsonValue {
  if (item !== null) return readValue(item, type, place);
  return zeroValue({ name: "", number: "", type, presence: "always" }, place) ?? null;
}

function fieldName(place: Place): string {
  return `${place.owner}.${place.goPath}`;
}

function goTypeName(type: FieldType): string {
  switch (type.kind) {
    case "scalar":
      return goName(type.scalar);
    case "struct":
      return `v1.${type.name}`;
    case "list":
      return `[]${goTypeName(type.items)}`;
    case "map":
      return `map[string]${goTypeName(type.values)}`;
    default:
      return type satisfies never;
  }
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
