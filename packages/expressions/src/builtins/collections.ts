import type { Arguments } from "../arguments.ts";
import { ExpressionError } from "../error.ts";
import { fetchOrNil } from "../evaluate/access.ts";
import { order, same } from "../evaluate/compare.ts";
import { directionOf } from "../evaluate/predicates.ts";
import { compareKeys } from "../go/key-order.ts";
import { kindOf } from "../kind.ts";
import { LIMITS } from "../limits.ts";
import { isKey, isList, isMap } from "../value.ts";
import type { CallContext, Key, Value, ValueMap } from "../value.ts";
import type { Functions } from "./builtin.ts";

export const COLLECTIONS: Functions = [
  ["len", (args) => BigInt(lengthOf(args.at(0)))],
  ["first", (args) => fetchOrNil(args.at(0), 0n)],
  ["last", (args) => fetchOrNil(args.at(0), -1n)],
  ["get", (args) => fetchOrNil(args.at(0), args.at(1))],
  ["take", (args) => take(args.list(0), Number(args.int(1)))],
  ["keys", (args) => inOrder(args.map(0)).map(([key]) => key)],
  ["values", (args) => inOrder(args.map(0)).map(([, value]) => value)],
  ["toPairs", (args) => inOrder(args.map(0))],
  ["fromPairs", (args) => new Map(args.list(0).map(pairOf))],
  ["reverse", (args) => args.list(0).toReversed()],
  ["uniq", (args, context) => uniq(args.list(0), context)],
  ["concat", (args) => args.values.flatMap((_, index) => args.list(index))],
  ["flatten", (args) => flatten(args.list(0), 0)],
  ["sort", sort],
];

function lengthOf(value: Value): number {
  if (typeof value === "string") return Array.from(value).length;
  if (isList(value) || value instanceof Uint8Array) return value.length;
  if (isMap(value)) return value.size;
  throw new ExpressionError(`${kindOf(value)} has no length`);
}

function take(list: readonly Value[], count: number): Value {
  if (count < 0) throw new ExpressionError(`take cannot give ${count} items`);
  return list.slice(0, count);
}

// Go leaves the order of a map to chance; ours is always the same one.
function inOrder(map: ValueMap): readonly (readonly [Key, Value])[] {
  return [...map].sort(([a], [b]) => compareKeys(a, b));
}

function pairOf(pair: Value): [Key, Value] {
  if (!isList(pair) || pair.length !== 2)
    throw new ExpressionError('fromPairs takes a list of pairs, such as [["a", 1]]');
  const [key = null, value = null] = pair;
  if (!isKey(key)) throw new ExpressionError(`${kindOf(key)} cannot be the key of a map`);
  return [key, value];
}

/** Each item once. */
export function uniq(list: readonly Value[], context: CallContext): Value {
  const found: Value[] = [];
  const simple = new Set<Value>();
  for (const item of list) {
    // Text needs no search; all else is compared with what there is.
    const isText = typeof item === "string";
    if (!isText) context.spend(found.length);
    if (isText ? simple.has(item) : found.some((other) => same(other, item))) continue;
    if (isText) simple.add(item);
    found.push(item);
  }
  return found;
}

function flatten(list: readonly Value[], depth: number): readonly Value[] {
  if (depth > LIMITS.depth) throw new ExpressionError(`a list is nested more than ${LIMITS.depth} deep`);
  return list.flatMap((item) => (isList(item) ? flatten(item, depth + 1) : [item]));
}

function sort(args: Arguments): Value {
  const direction = directionOf(args.textOr(1, "asc"));
  return args.list(0).toSorted((a, b) => direction * (order(a, b) ?? 0));
}
