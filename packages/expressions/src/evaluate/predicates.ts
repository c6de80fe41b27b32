import { ExpressionError } from "../error.ts";
import { kindOf } from "../kind.ts";
import { isKey, isList } from "../value.ts";
import type { Key, Value } from "../value.ts";
import { add } from "./arithmetic.ts";
import { order } from "./compare.ts";
import type { Run, Turn } from "./frame.ts";

interface Arguments {
  readonly list: Value;
  readonly body?: (turn: Turn) => Value;
  readonly extra: Value | undefined;
  readonly run: Run;
}

/** The builtins that look at each item of a list. */
export const PREDICATES: ReadonlyMap<string, (args: Arguments) => Value> = new Map<string, (args: Arguments) => Value>([
  ["all", (args) => items(args).every(holds(args))],
  ["none", (args) => !items(args).some(holds(args))],
  ["any", (args) => items(args).some(holds(args))],
  ["one", (args) => items(args).filter(holds(args)).length === 1],
  ["filter", (args) => made(args, items(args).filter(holds(args)))],
  ["map", (args) => made(args, items(args).map(value(args)))],
  ["find", (args) => items(args).find(holds(args)) ?? null],
  ["findIndex", (args) => BigInt(items(args).findIndex(holds(args)))],
  ["findLast", (args) => items(args).findLast(holds(args)) ?? null],
  ["findLastIndex", (args) => BigInt(items(args).findLastIndex(holds(args)))],
  ["count", (args) => BigInt(items(args).filter(holds(args)).length)],
  ["sum", (args) => items(args).map(value(args)).reduce(add, 0n)],
  ["groupBy", groupBy],
  ["sortBy", sortBy],
  ["reduce", reduce],
]);

type ForItem<T> = (item: Value, index: number) => T;

function items({ list }: Arguments): readonly Value[] {
  if (isList(list)) return list;
  throw new ExpressionError(`${kindOf(list)} is not a list`);
}

// Without a predicate, the items themselves.
function value({ body }: Arguments): ForItem<Value> {
  return (item, index) => (body === undefined ? item : body({ item, index }));
}

function holds(args: Arguments): ForItem<boolean> {
  const evaluate = value(args);
  return (item, index) => {
    const result = evaluate(item, index);
    if (typeof result === "boolean") return result;
    throw new ExpressionError(`the predicate gives ${kindOf(result)}, not true or false`);
  };
}

function made({ run }: Arguments, list: readonly Value[]): Value {
  run.spend(list.length);
  return list;
}

function groupBy(args: Arguments): Value {
  const groups = new Map<Key, Value[]>();
  const keyOf = value(args);
  for (const [index, item] of items(args).entries()) {
    const key = keyOf(item, index);
    if (!isKey(key)) throw new ExpressionError(`${kindOf(key)} cannot be the key of a group`);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function sortBy(args: Arguments): Value {
  const weigh = value(args);
  const weighed = items(args).map((item, index) => ({ item, weight: weigh(item, index) }));
  const direction = directionOf(args.extra ?? "asc");
  const sorted = weighed.sort((a, b) => direction * (order(a.weight, b.weight) ?? 0));
  return made(
    args,
    sorted.map(({ item }) => item),
  );
}

/** 1 for "asc", -1 for "desc". */
export function directionOf(name: Value): 1 | -1 {
  if (name === "asc") return 1;
  if (name === "desc") return -1;
  throw new ExpressionError(`the order of a sort is "asc" or "desc"`);
}

function reduce(args: Arguments): Value {
  const { body, extra, run } = args;
  const list = items(args);
  const [first] = list;
  if (extra === undefined && first === undefined) {
    throw new ExpressionError("reduce of an empty list needs a value to begin with");
  }
  let accumulated = extra ?? first ?? null;
  for (let index = extra === undefined ? 1 : 0; index < list.length; index += 1) {
    run.step();
    accumulated = body?.({ item: list[index] ?? null, index, accumulated }) ?? null;
  }
  return accumulated;
}
