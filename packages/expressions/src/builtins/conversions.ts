import { ExpressionError } from "../error.ts";
import { fromBase64, toBase64, utf8Bytes, utf8Text } from "../go/base64.ts";
import { isInt64, truncateToInt } from "../go/int.ts";
import { jsonText, parseJson } from "../go/json.ts";
import { goText } from "../go/text.ts";
import { kindOf } from "../kind.ts";
import { Duration } from "../time/duration.ts";
import type { Value } from "../value.ts";
import type { Functions } from "./builtin.ts";

export const CONVERSIONS: Functions = [
  ["int", (args) => toInt(args.at(0))],
  ["float", (args) => toFloat(args.at(0))],
  ["string", (args) => goText(args.at(0))],
  ["type", (args) => typeName(args.at(0))],
  ["toJSON", (args) => jsonText(args.at(0), { indent: "  ", escapeHtml: true })],
  ["fromJSON", (args) => parseJson(args.text(0))],
  ["toBase64", (args) => toBase64(utf8Bytes(args.text(0)))],
  ["fromBase64", (args) => utf8Text(fromBase64(args.text(0)))],
];

/** `int(…)`, which Argo also calls `asInt`. */
export function toInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return truncateToInt(value);
  if (value instanceof Duration) return value.nanoseconds;
  if (typeof value === "string" && /^[+-]?\d+$/.test(value)) {
    const parsed = BigInt(value.replace(/^\+/, ""));
    if (isInt64(parsed)) return parsed;
  }
  throw new ExpressionError(`${shown(value)} is not an int`);
}

const FLOAT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** `float(…)`, which Argo also calls `asFloat`. */
export function toFloat(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string" || !FLOAT.test(value)) throw new ExpressionError(`${shown(value)} is not a number`);
  const parsed = specialFloat(value) ?? Number(value);
  if (!Number.isFinite(parsed) && /\d/.test(value)) throw new ExpressionError(`${value} is too large for a float`);
  return parsed;
}

function specialFloat(text: string): number | undefined {
  if (/nan$/i.test(text)) return Number.NaN;
  if (!/inf/i.test(text)) return undefined;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function shown(value: Value): string {
  return typeof value === "string" ? JSON.stringify(value) : kindOf(value);
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  list: "array",
  bytes: "array",
  time: "time.Time",
  duration: "time.Duration",
  timezone: "time.Location",
  function: "func",
};

function typeName(value: Value): string {
  const kind = kindOf(value);
  return TYPE_NAMES[kind] ?? kind;
}
