import type { JsonObject, JsonValue } from "@outrigger/types";
import { structType } from "../struct-types.ts";
import type { Field, FieldType, Scalar, StructType } from "../struct-types.ts";
import { WireError, wireFields } from "./wire-reader.ts";
import type { WireField } from "./wire-reader.ts";

export { WireError } from "./wire-reader.ts";

export const PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";

const MAGIC = Buffer.from("k8s\0");

/** What stands around every object that Kubernetes sends as protobuf. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Buffer;
}

export function openEnvelope(bytes: Buffer): Envelope {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new WireError("the body does not begin as protobuf does");
  const parts = byNumber(bytes.subarray(MAGIC.length));
  const typeMeta = byNumber(parts.get(1) ?? Buffer.alloc(0));
  const text = (number: number): string => (typeMeta.get(number) ?? "").toString();
  return { apiVersion: text(1), kind: text(2), raw: parts.get(2) ?? Buffer.alloc(0) };
}

function byNumber(message: Buffer): ReadonlyMap<number, Buffer> {
  return new Map([...wireFields(message)].map((field) => [field.number, field.bytes]));
}

/** A message as the JSON that would have meant the same. */
export function decodeProtobuf(message: Buffer, typeName: string): JsonObject {
  const result = new Map<string, JsonValue>();
  readInto(result, message, { struct: structType(typeName), prefix: "" });
  return Object.fromEntries(result);
}

interface Scope {
  readonly struct: StructType;
  /** Of the numbers, within a message that JSON shows as part of the one around it. */
  readonly prefix: string;
}

function readInto(result: Map<string, JsonValue>, message: Buffer, scope: Scope): void {
  const fields = fieldsByNumber(scope.struct);
  for (const wire of wireFields(message)) {
    const number = `${scope.prefix}${wire.number}`;
    const field = fields.get(number);
    if (field === "inlined") readInto(result, wire.bytes, { struct: scope.struct, prefix: `${number}.` });
    else if (field !== undefined) result.set(field.name, readField(result.get(field.name), field.type, wire));
  }
}

const numbersOf = new WeakMap<StructType, ReadonlyMap<string, Field | "inlined">>();

function fieldsByNumber(struct: StructType): ReadonlyMap<string, Field | "inlined"> {
  let known = numbersOf.get(struct);
  if (known === undefined) {
    const numbers = new Map<string, Field | "inlined">();
    for (const field of struct.fields.values()) {
      const steps = field.number.split(".");
      for (let end = 1; end < steps.length; end++) numbers.set(steps.slice(0, end).join("."), "inlined");
      numbers.set(field.number, field);
    }
    known = numbers;
    numbersOf.set(struct, known);
  }
  return known;
}

function readField(before: JsonValue | undefined, type: FieldType, wire: WireField): JsonValue {
  if (type.kind === "list")
    return [...(Array.isArray(before) ? (before as JsonValue[]) : []), readValue(type.items, wire)];
  if (type.kind !== "map") return readValue(type, wire);
  const [key, value] = readEntry(type.values, wire.bytes);
  return Object.fromEntries([...Object.entries((before ?? {}) as JsonObject), [key, value]]);
}

function readEntry(values: FieldType, entry: Buffer): [string, JsonValue] {
  let key = "";
  let value: JsonValue = "";
  for (const wire of wireFields(entry)) {
    if (wire.number === 1) key = wire.bytes.toString();
    if (wire.number === 2) value = readValue(values, wire);
  }
  return [key, value];
}

function readValue(type: FieldType, wire: WireField): JsonValue {
  switch (type.kind) {
    case "struct":
      return decodeProtobuf(wire.bytes, type.name);
    case "scalar":
      return SCALARS[type.scalar](wire);
    case "list":
    case "map":
      return readField(undefined, type, wire);
    default:
      return type satisfies never;
  }
}

function wholeNumber(wire: WireField): number {
  return Number(wire.value);
}

function part(message: Buffer, number: number): WireField | undefined {
  return [...wireFields(message)].findLast((field) => field.number === number);
}

function timeOf({ bytes }: WireField): JsonValue {
  if (bytes.length === 0) return null;
  const seconds = Number(part(bytes, 1)?.value ?? 0n);
  const nanos = Number(part(bytes, 2)?.value ?? 0n);
  const micros = String(Math.floor(nanos / 1000)).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${micros}Z`;
}

const SCALARS: Readonly<Record<Scalar, (wire: WireField) => JsonValue>> = {
  string: (wire) => wire.bytes.toString(),
  bool: (wire) => wire.value !== 0n,
  int: wholeNumber,
  int32: wholeNumber,
  int64: wholeNumber,
  float: (wire) => wire.bytes.readDoubleLE(),
  bytes: (wire) => wire.bytes.toString("base64"),
  Time: timeOf,
  MicroTime: timeOf,
  Quantity: (wire) => part(wire.bytes, 1)?.bytes.toString() ?? "0",
  IntOrString: ({ bytes }) => {
    const isText = part(bytes, 1)?.value === 1n;
    return isText ? (part(bytes, 3)?.bytes.toString() ?? "") : Number(part(bytes, 2)?.value ?? 0n);
  },
  any: (wire) => JSON.parse(part(wire.bytes, 1)?.bytes.toString() || "null") as JsonValue,
};
