import { ExpressionError } from "../error.ts";
import { wrapInt64 } from "../go/int.ts";
import type { Functions } from "./builtin.ts";

const WIDTH = 64n;

export const BITS: Functions = [
  ["bitand", (args) => args.int(0) & args.int(1)],
  ["bitor", (args) => args.int(0) | args.int(1)],
  ["bitxor", (args) => args.int(0) ^ args.int(1)],
  ["bitnand", (args) => args.int(0) & ~args.int(1)],
  ["bitnot", (args) => ~args.int(0)],
  ["bitshl", (args) => shiftLeft(args.int(0), distance(args.int(1)))],
  ["bitshr", (args) => args.int(0) >> distance(args.int(1))],
  ["bitushr", (args) => wrapInt64(BigInt.asUintN(64, args.int(0)) >> distance(args.int(1)))],
];

function shiftLeft(value: bigint, by: bigint): bigint {
  return by >= WIDTH ? 0n : wrapInt64(value << by);
}

function distance(by: bigint): bigint {
  if (by < 0n) throw new ExpressionError(`bits cannot be moved by ${by}`);
  return by < WIDTH ? by : WIDTH;
}
