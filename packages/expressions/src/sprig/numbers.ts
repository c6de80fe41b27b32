import type { Arguments } from "../arguments.ts";
import type { Functions } from "../builtins/builtin.ts";
import { ExpressionError } from "../error.ts";
import { wrapInt64 } from "../go/int.ts";
import { LIMITS } from "../limits.ts";
import type { Value } from "../value.ts";
import { castFloat, castInt } from "./cast.ts";

export const SPRIG_NUMBERS: Functions = [
  ["add", (args) => ints(args).reduce((sum, value) => wrapInt64(sum + value), 0n)],
  ["add1", (args) => wrapInt64(castInt(args.at(0)) + 1n)],
  ["sub", (args) => wrapInt64(castInt(args.at(0)) - castInt(args.at(1)))],
  ["mul", (args) => ints(args).reduce((product, value) => wrapInt64(product * value), 1n)],
  ["div", (args) => wrapInt64(castInt(args.at(0)) / divisor(args))],
  ["mod", (args) => castInt(args.at(0)) % divisor(args)],
  ["max", (args) => ints(args).reduce((a, b) => (b > a ? b : a), castInt(args.at(0)))],
  ["biggest", (args) => ints(args).reduce((a, b) => (b > a ? b : a), castInt(args.at(0)))],
  ["min", (args) => ints(args).reduce((a, b) => (b < a ? b : a), castInt(args.at(0)))],
  ["maxf", (args) => Math.max(...args.values.map(castFloat))],
  ["minf", (args) => Math.min(...args.values.map(castFloat))],
  ["addf", (args) => args.values.reduce<number>((sum, value) => sum + castFloat(value), 0)],
  [
    "subf",
    (args) => args.values.slice(1).reduce<number>((rest, value) => rest - castFloat(value), castFloat(args.at(0))),
  ],
  ["mulf", (args) => args.values.reduce<number>((product, value) => product * castFloat(value), 1)],
  [
    "divf",
    (args) => args.values.slice(1).reduce<number>((rest, value) => rest / castFloat(value), castFloat(args.at(0))),
  ],
  ["floor", (args) => Math.floor(castFloat(args.at(0)))],
  ["ceil", (args) => Math.ceil(castFloat(args.at(0)))],
  ["round", (args) => rounded(castFloat(args.at(0)), args.whole(1))],
  ["int", (args) => castInt(args.at(0))],
  ["int64", (args) => castInt(args.at(0))],
  ["float64", (args) => castFloat(args.at(0))],
  ["atoi", (args) => (/^[+-]?\d+$/.test(args.text(0)) ? castInt(args.text(0)) : 0n)],
  ["until", (args) => counted(0, args.whole(0), args.whole(0) < 0 ? -1 : 1)],
  ["untilStep", (args) => counted(args.whole(0), args.whole(1), args.whole(2))],
  [
    "randInt",
    (args, context) => args.int(0) + BigInt(Math.floor(context.random() * Number(args.int(1) - args.int(0)))),
  ],
];

function ints(args: Arguments): readonly bigint[] {
  return args.values.map(castInt);
}

function divisor(args: Arguments): bigint {
  const value = castInt(args.at(1));
  if (value === 0n) throw new ExpressionError("integer divide by zero");
  return value;
}

// Halves go away from zero, as in sprig.
function rounded(value: number, places: number): number {
  const factor = 10 ** places;
  const scaled = value * factor;
  const fraction = scaled - Math.trunc(scaled);
  const whole = Math.abs(fraction) >= 0.5 ? (value > 0 ? Math.ceil(scaled) : Math.floor(scaled)) : Math.trunc(scaled);
  return whole / factor;
}

function counted(start: number, stop: number, step: number): readonly Value[] {
  const count = step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step));
  if (count > LIMITS.range) throw new ExpressionError(`a list of ${count} numbers is too long`);
  return Array.from({ length: count }, (_, index) => BigInt(start + index * step));
}
