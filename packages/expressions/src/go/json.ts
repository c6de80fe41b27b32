import { ExpressionError } from "../error.ts";
import { compareText } from "../evaluate/compare.ts";
import { kindOf } from "../kind.ts";
import { LIMITS } from "../limits.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { instantJson } from "../time/layout.ts";
import { isList, isMap } from "../value.ts";
import type { Value, ValueMap } from "../value.ts";
import { toBase64 } from "./base64.ts";
import { floatJson } from "./float.ts";
import { goText } from "./text.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

interface Style {
  /** What each level is moved in by; "" for all in one line. */
  readonly indent: string;
  /** `<`, `>` and `&` as codes, as Go's encoder writes them unless told otherwise. */
  readonly escapeHtml: boolean;
}

const COMPACT: Style = { indent: "", escapeHtml: true };

/** JSON as Go writes it: keys in order, `<`, `>` and `&` as codes. */
export function jsonText(value: Value, style: Style = COMPACT): string {
  return write(value, style, 0);
}

function write(value: Value, style: Style, depth: number): string {
  if (depth > LIMITS.depth) throw new ExpressionError(`a value is nested more than ${LIMITS.depth} deep`);
  if (isList(value))
    return writeAll(
      "[]",
      value.map((item) => write(item, style, depth + 1)),
      { style, depth },
    );
  if (isMap(value)) return writeAll("{}", entries(value, style, depth), { style, depth });
  if (typeof value === "string") return quote(value, style);
  return scalar(value);
}

function entries(map: ValueMap, style: Style, depth: number): readonly string[] {
  const colon = style.indent === "" ? ":" : ": ";
  return [...map]
    .map(([key, value]): [string, Value] => [goText(key), value])
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => quote(key, style) + colon + write(value, style, depth + 1));
}

interface Level {
  readonly style: Style;
  readonly depth: number;
}

function writeAll(brackets: "[]" | "{}", parts: readonly string[], { style: { indent }, depth }: Level): string {
  const [open = "", close = ""] = brackets;
  if (indent === "" || parts.length === 0) return open + parts.join(",") + close;
  const inner = `\n${indent.repeat(depth + 1)}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${indent.repeat(depth)}${close}`;
}

function quote(text: string, { escapeHtml }: Style): string {
  const quoted = JSON.stringify(text.toWellFormed()).replace(/\\([bf])/g, (whole, letter) =>
    letter === "b" ? "\\b" : whole,
  );
  return escapeHtml ? quoted.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character) : quoted;
}

function scalar(value: Value): string {
  if (typeof value === "number") {
    const text = floatJson(value);
    if (text === undefined) throw new ExpressionError(`JSON has no ${goText(value)}`);
    return text;
  }
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  if (value instanceof Duration) return String(value.nanoseconds);
  if (value instanceof Instant) return `"${instantJson(value)}"`;
  if (typeof value === "object" && value !== null) throw new ExpressionError(`${kindOf(value)} has no place in JSON`);
  return String(value);
}

/** What a JSON text says. Its numbers are floats, as in Go. */
export function parseJson(text: string): Value {
  try {
    return valueOfJson(JSON.parse(text), 0);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ExpressionError(`not JSON: ${error.message}`);
  }
}

function valueOfJson(json: unknown, depth: number): Value {
  if (depth > LIMITS.depth) throw new ExpressionError(`JSON is nested more than ${LIMITS.depth} deep`);
  if (Array.isArray(json)) return json.map((item) => valueOfJson(item, depth + 1));
  if (typeof json === "object" && json !== null) {
    return new Map(Object.entries(json).map(([key, item]) => [key, valueOfJson(item, depth + 1)]));
  }
  if (json === null || typeof json === "boolean" || typeof json === "number" || typeof json === "string") return json;
  throw new ExpressionError("not JSON");
}
