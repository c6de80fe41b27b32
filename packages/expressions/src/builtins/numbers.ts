import type { Arguments } from "../arguments.ts";
import { ExpressionError } from "../error.ts";
import { order } from "../evaluate/compare.ts";
import { wrapInt64 } from "../go/int.ts";
import { kindOf } from "../kind.ts";
import { isList, isNumber } from "../value.ts";
import type { Value } from "../value.ts";
import type { Functions } from "./builtin.ts";

export const NUMBERS: Functions = [
  ["abs", (args) => absolute(args.number(0))],
  ["ceil", (args) => Math.ceil(Number(args.number(0)))],
  ["floor", (args) => Math.floor(Number(args.number(0)))],
  ["round", (args) => roundAway(Number(args.number(0)))],
  ["max", (args) => extreme("max", args, (order) => order > 0)],
  ["min", (args) => extreme("min", args, (order) => order < 0)],
  ["mean", (args) => mean(numbersIn("mean", args.values).map(Number))],
  ["median", (args) => median(numbersIn("median", args.values).map(Number))],
];

function absolute(value: bigint | number): Value {
  if (typeof value === "number") return Math.abs(value);
  return wrapInt64(value < 0n ? -value : value);
}

/** To the nearest whole number; a half goes away from zero. */
export function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

function extreme(name: string, args: Arguments, better: (order: number) => boolean): Value {
  const [first, ...others] = numbersIn(name, args.values);
  if (first === undefined) return null;
  return others.reduce((best, value) => (better(order(value, best) ?? 0) ? value : best), first);
}

/** The numbers among the arguments and in the lists among them. */
function numbersIn(name: string, values: readonly Value[]): readonly (bigint | number)[] {
  return values.flatMap((value) => {
    if (isNumber(value)) return [value];
    if (isList(value)) return numbersIn(name, value);
    throw new ExpressionError(`${name} takes numbers and lists of numbers, not ${kindOf(value)}`);
  });
}

function mean(values: readonly number[]): Value {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): Value {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
