import type { Arguments } from "../arguments.ts";
import type { Functions } from "../builtins/builtin.ts";
import { ExpressionError } from "../error.ts";
import { jsonText } from "../go/json.ts";
import { isMap } from "../value.ts";
import type { Key, Value, ValueMap } from "../value.ts";
import { castText, isEmpty } from "./cast.ts";

export const SPRIG_LISTS: Functions = [
  ["list", (args) => args.values],
  ["first", (args) => args.list(0).at(0) ?? null],
  ["last", (args) => args.list(0).at(-1) ?? null],
  ["rest", (args) => args.list(0).slice(1)],
  ["initial", (args) => args.list(0).slice(0, -1)],
  ["append", (args) => [...args.list(0), args.at(1)]],
  ["push", (args) => [...args.list(0), args.at(1)]],
  ["prepend", (args) => [args.at(1), ...args.list(0)]],
  ["concat", (args) => args.values.flatMap((_, index) => [...args.list(index)])],
  ["reverse", (args) => args.list(0).toReversed()],
  ["uniq", (args) => args.list(0).filter((item, index, all) => all.findIndex((other) => same(other, item)) === index)],
  ["without", (args) => args.list(0).filter((item) => !args.values.slice(1).some((unwanted) => same(unwanted, item)))],
  ["has", (args) => args.at(1) !== null && args.list(1).some((item) => same(item, args.at(0)))],
  ["compact", (args) => args.list(0).filter((item) => !isEmpty(item))],
  [
    "slice",
    (args) => args.list(0).slice(args.length > 1 ? args.whole(1) : 0, args.length > 2 ? args.whole(2) : undefined),
  ],
  ["chunk", (args) => chunks(args.list(1), args.whole(0))],
];

export const SPRIG_DICTS: Functions = [
  ["dict", (args) => pairs(args.values)],
  ["get", (args) => args.map(0).get(args.text(1)) ?? ""],
  ["hasKey", (args) => args.map(0).has(args.text(1))],
  ["keys", (args) => args.values.flatMap((_, index) => [...args.map(index).keys()])],
  ["values", (args) => [...args.map(0).values()]],
  ["pick", (args) => filtered(args, (key, keys) => keys.has(key))],
  ["omit", (args) => filtered(args, (key, keys) => !keys.has(key))],
  ["merge", (args) => args.values.map((_, index) => args.map(index)).reduce(merged)],
  ["mergeOverwrite", (args) => args.values.map((_, index) => args.map(index)).reduceRight(merged)],
  ["pluck", (args) => args.values.slice(1).flatMap((_, index) => args.map(index + 1).get(args.text(0)) ?? [])],
  ["dig", (args) => dig(args)],
];

function same(a: Value, b: Value): boolean {
  return a === b || (typeof a === typeof b && jsonText(a) === jsonText(b));
}

function chunks(items: readonly Value[], size: number): readonly Value[] {
  if (size < 1) throw new ExpressionError("a chunk needs at least one item");
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function pairs(values: readonly Value[]): ValueMap {
  const map = new Map<Key, Value>();
  for (let index = 0; index < values.length; index += 2)
    map.set(castText(values[index] ?? ""), values[index + 1] ?? "");
  return map;
}

function filtered(args: Arguments, wanted: (key: Key, keys: ReadonlySet<Key>) => boolean): ValueMap {
  const keys = new Set<Key>(args.values.slice(1).map(castText));
  return new Map(Array.from(args.map(0)).filter(([key]) => wanted(key, keys)));
}

// What is there first wins; maps within are merged as well.
function merged(into: ValueMap, from: ValueMap): ValueMap {
  const map = new Map(into);
  for (const [key, value] of from) {
    const known = map.get(key);
    if (known === undefined || isEmpty(known)) map.set(key, value);
    else if (isMap(known) && isMap(value)) map.set(key, merged(known, value));
  }
  return map;
}

function dig(args: Arguments): Value {
  if (args.length < 3) throw new ExpressionError("dig needs at least three arguments");
  let value: Value = args.at(args.length - 1);
  const fallback = args.at(args.length - 2);
  for (const key of args.values.slice(0, -2)) {
    const next: Value | undefined = isMap(value) ? value.get(castText(key)) : undefined;
    if (next === undefined) return fallback;
    value = next;
  }
  return value;
}
