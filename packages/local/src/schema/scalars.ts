import type { JsonValue } from "@outrigger/types";
import { QUANTITY_EXPECTED, canonicalQuantity } from "./quantity.ts";
import type { Scalar } from "./struct-types.ts";

/** A value that cannot be read; the message is what the client gets. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

const GO_NAMES: Readonly<Record<Scalar, string>> = {
  string: "string",
  int32: "int32",
  int64: "int64",
  int: "int",
  float: "float64",
  bool: "bool",
  bytes: "[]uint8",
  Time: "v1.Time",
  MicroTime: "v1.MicroTime",
  Quantity: "resource.Quantity",
  IntOrString: "intstr.IntOrString",
  any: "interface {}",
};

export function goName(scalar: Scalar): string {
  return GO_NAMES[scalar];
}

function jsonTypeName(value: JsonValue): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** In Go's words, which `kubectl` shows as they are. */
export function wrongType(value: JsonValue, field: string, goType: string): DecodeError {
  const shown = typeof value === "number" && goType.startsWith("int") ? `number ${value}` : jsonTypeName(value);
  return new DecodeError(`json: cannot unmarshal ${shown} into Go struct field ${field} of type ${goType}`);
}

type ReadScalar = (value: JsonValue, field: string) => JsonValue;

function ofType(type: "string" | "boolean", goType: string): ReadScalar {
  return (value, field) => {
    if (typeof value !== type) throw wrongType(value, field, goType);
    return value;
  };
}

function integer(goType: string): ReadScalar {
  return (value, field) => {
    if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(value, field, goType);
    return value;
  };
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function readTime(value: JsonValue, field: string): string {
  if (typeof value !== "string") throw wrongType(value, field, "string");
  const ms = RFC3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    const shown = JSON.stringify(value);
    throw new DecodeError(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`);
  }
  return new Date(ms).toISOString();
}

function microseconds(value: JsonValue): string {
  return /\.(\d{6})/.exec(JSON.stringify(value))?.[1] ?? "000000";
}

function requireMicros(value: JsonValue): JsonValue {
  const rest = typeof value === "string" ? /^[^.]{19}(?!\.\d{6}(?!\d))(.*)$/.exec(value)?.[1] : undefined;
  if (rest === undefined) return value;
  const parsing = `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00"`;
  throw new DecodeError(`${parsing}: cannot parse ${JSON.stringify(rest)} as ".000000"`);
}

const READERS: Readonly<Record<Scalar, ReadScalar>> = {
  string: ofType("string", "string"),
  bool: ofType("boolean", "bool"),
  int32: integer("int32"),
  int64: integer("int64"),
  int: integer("int"),
  float: (value, field) => {
    if (typeof value !== "number") throw wrongType(value, field, "float64");
    return value;
  },
  bytes: (value, field) => {
    if (typeof value !== "string") throw wrongType(value, field, "[]uint8");
    const wrongAt = firstNonBase64(value);
    if (wrongAt !== undefined) throw new DecodeError(`illegal base64 data at input byte ${wrongAt}`);
    return value;
  },
  // Kept to the second, as Kubernetes does: what is finer would differ from what a real cluster answers.
  Time: (value, field) => `${readTime(value, field).slice(0, 19)}Z`,
  MicroTime: (value, field) => `${readTime(requireMicros(value), field).slice(0, 19)}.${microseconds(value)}Z`,
  Quantity: (value) => {
    const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
    const canonical = canonicalQuantity(text);
    if (canonical === undefined) throw new DecodeError(QUANTITY_EXPECTED);
    return canonical;
  },
  IntOrString: (value, field) => {
    if (typeof value === "string") return value;
    return integer("int32")(value, field);
  },
  any: (value) => value,
};

export function readScalar(scalar: Scalar, value: JsonValue, field: string): JsonValue {
  return READERS[scalar](value, field);
}

/** Go's `omitempty`. */
export function isEmptyScalar(value: JsonValue): boolean {
  return value === "" || value === 0 || value === false;
}

function firstNonBase64(text: string): number | undefined {
  const match = /[^A-Za-z0-9+/=\r\n]/.exec(text);
  if (match !== null) return match.index;
  const clean = text.replace(/[\r\n]/g, "");
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean) ? undefined : clean.length;
}
