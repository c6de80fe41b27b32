import { ExpressionError } from "./error.ts";
import { compareText } from "./evaluate/compare.ts";
import { kindOf } from "./kind.ts";
import { LIMITS } from "./limits.ts";
import { isList, isMap } from "./value.ts";
import type { Value } from "./value.ts";

type Selector =
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | { readonly kind: "all" }
  | {
      readonly kind: "slice";
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number;
    }
  /** `..`: the value and all that it holds, whatever the depth. */
  | { readonly kind: "descend" };

const NAME = /\.?([^.[\]'"]+)/y;
const BRACKET = /\[\s*((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*)\]/y;
const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;

/**
 * What a JSONPath finds, as Argo's `jsonpath(json, path)` answers: the value itself where the path can only mean one place, else the
 * list of all that fit.
 */
export function queryJsonPath(root: Value, path: string): Value {
  const selectors = parsePath(path);
  const isDefinite = selectors.every(
    (selector) =>
      (selector.kind === "keys" && selector.keys.length === 1) ||
      (selector.kind === "indexes" && selector.indexes.length === 1),
  );
  let found: readonly Value[] = [root];
  for (const selector of selectors) {
    found = found.flatMap((value) => select(value, selector, isDefinite));
    if (found.length > LIMITS.range) throw new ExpressionError(`the JSONPath ${path} finds too much`);
  }
  return isDefinite ? (found[0] ?? null) : found;
}

function parsePath(path: string): readonly Selector[] {
  const selectors: Selector[] = [];
  let position = path.startsWith("$") ? 1 : 0;
  while (position < path.length) {
    const { selector, length } = readSelector(path, position);
    selectors.push(selector);
    position += length;
  }
  return selectors;
}

function readSelector(path: string, position: number): { readonly selector: Selector; readonly length: number } {
  // Of `..name`, the second dot belongs to the name.
  if (path.startsWith("..", position))
    return { selector: { kind: "descend" }, length: path[position + 2] === "[" ? 2 : 1 };
  const bracket = matchAt(BRACKET, path, position);
  if (bracket !== undefined) return { selector: bracketed(bracket[1] ?? "", path), length: bracket[0].length };
  const [whole, name = ""] = matchAt(NAME, path, position) ?? [];
  if (whole === undefined) throw refused(path);
  return { selector: name === "*" ? { kind: "all" } : { kind: "keys", keys: [name] }, length: whole.length };
}

function bracketed(inside: string, path: string): Selector {
  const text = inside.trim();
  if (text === "*") return { kind: "all" };
  if (/^['"]/.test(text)) {
    return {
      kind: "keys",
      keys: [...text.matchAll(QUOTED)].map((match) => (match[1] ?? match[2] ?? "").replaceAll(/\\(.)/g, "$1")),
    };
  }
  if (/^-?\d+(?:\s*,\s*-?\d+)*$/.test(text)) return { kind: "indexes", indexes: text.split(",").map(Number) };
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?$/.exec(text);
  if (slice === null) throw refused(path);
  const [, from, to, step = "1"] = slice;
  return { kind: "slice", from: numberOr(from), to: numberOr(to), step: Number(step) };
}

function select(value: Value, selector: Selector, isDefinite: boolean): readonly Value[] {
  switch (selector.kind) {
    case "keys":
      return selector.keys.flatMap((key) => entry(value, key, isDefinite));
    case "indexes":
      return selector.indexes.flatMap((index) => item(value, index, isDefinite));
    case "all":
      return children(value);
    case "slice":
      return isList(value) ? sliced(value, selector) : [];
    default:
      return descendants(value);
  }
}

function entry(value: Value, key: string, isDefinite: boolean): readonly Value[] {
  const found = isMap(value) ? value.get(key) : undefined;
  if (found !== undefined) return [found];
  if (!isDefinite) return [];
  throw new ExpressionError(
    isMap(value) ? `the JSON has no ${JSON.stringify(key)}` : `${kindOf(value)} has no ${JSON.stringify(key)}`,
  );
}

function item(value: Value, index: number, isDefinite: boolean): readonly Value[] {
  const found = isList(value) ? value.at(index) : undefined;
  if (found !== undefined) return [found];
  if (!isDefinite) return [];
  throw new ExpressionError(isList(value) ? `the JSON has no item ${index}` : `${kindOf(value)} has no items`);
}

function children(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (!isMap(value)) return [];
  return [...value].sort(([a], [b]) => compareText(String(a), String(b))).map(([, item]) => item);
}

function descendants(value: Value): readonly Value[] {
  const found: Value[] = [];
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    pending.push(...children(next).toReversed());
  }
  return found;
}

function sliced(list: readonly Value[], { from, to, step }: Extract<Selector, { kind: "slice" }>): readonly Value[] {
  if (step < 1) throw new ExpressionError("a step of a JSONPath is at least 1");
  return list.slice(from, to).filter((_, index) => index % step === 0);
}

function numberOr(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function refused(path: string): ExpressionError {
  return new ExpressionError(`the JSONPath ${JSON.stringify(path)} cannot be read`);
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
