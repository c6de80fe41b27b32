type PlainValue = null | boolean | number | string;

const CONSTANTS: ReadonlyMap<string, PlainValue> = new Map<string, PlainValue>([
  ...["", "~", "null", "Null", "NULL"].map((text) => [text, null] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((text) => [text, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((text) => [text, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((text) => [text, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((text) => [text, Infinity] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((text) => [text, -Infinity] as const),
]);

const INTEGER = /^([-+]?)(0[bB][01]+|0[xX][\da-fA-F]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * What a plain (unquoted, untagged) scalar means to Kubernetes' tools. They read YAML 1.1, where `n`, `yes`, `on` and their like are
 * booleans and `010` is eight, but without its numbers to base 60, and with timestamps left as text.
 */
export function resolvePlain(text: string): PlainValue {
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return constant;
  if (!/^[-+.\d]/.test(text)) return text;
  // Underscores group digits; only a number that starts with its point is strict about where.
  const digits = text.replaceAll(text.startsWith(".") ? /(?<=\d)_(?=\d)/g : "_", "");
  return parseInteger(digits) ?? parseFloatText(digits) ?? text;
}

// What does not fit into 64 bits is no integer.
function parseInteger(text: string): number | undefined {
  const [, sign, magnitude] = INTEGER.exec(text) ?? [];
  if (magnitude === undefined) return undefined;
  const value = BigInt(/^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude);
  if (sign === "-") return value > MAX_INT64 + 1n ? undefined : 0 - Number(value);
  return value > (sign === "+" ? MAX_INT64 : MAX_UINT64) ? undefined : Number(value);
}

function parseFloatText(text: string): number | undefined {
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
