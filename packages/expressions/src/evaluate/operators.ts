import { ExpressionError } from "../error.ts";
import { kindOf } from "../kind.ts";
import { LIMITS } from "../limits.ts";
import { matchesPattern } from "../pattern/matcher.ts";
import type { Value } from "../value.ts";
import { contains, wholeNumber } from "./access.ts";
import { add, divide, modulo, multiply, power, subtract } from "./arithmetic.ts";
import { order, same } from "./compare.ts";
import type { Run } from "./frame.ts";

type Lazy = (left: Value, right: () => Value) => Value;

const and: Lazy = (left, right) => truth("&&", left) && truth("&&", right());
const or: Lazy = (left, right) => truth("||", left) || truth("||", right());

/** Operators that look at their right side only where it matters. */
export const LAZY: ReadonlyMap<string, Lazy> = new Map<string, Lazy>([
  ["&&", and],
  ["and", and],
  ["||", or],
  ["or", or],
  ["??", (left, right) => left ?? right()],
]);

interface RightSide {
  readonly right: Value;
  readonly run: Run;
}

type Strict = (left: Value, right: Value, run: Run) => Value;

const STRICT: ReadonlyMap<string, Strict> = new Map<string, Strict>([
  ["==", same],
  ["!=", (left, right) => !same(left, right)],
  ["<", (left, right) => ordered("<", left, right, (order) => order < 0)],
  ["<=", (left, right) => ordered("<=", left, right, (order) => order <= 0)],
  [">", (left, right) => ordered(">", left, right, (order) => order > 0)],
  [">=", (left, right) => ordered(">=", left, right, (order) => order >= 0)],
  ["+", sum],
  ["-", subtract],
  ["*", multiply],
  ["/", divide],
  ["%", modulo],
  ["**", power],
  ["^", power],
  ["..", range],
  ["in", (left, right) => contains(right, left)],
  ["matches", matches],
  ["contains", text("contains", (whole, part) => whole.includes(part))],
  ["startsWith", text("startsWith", (whole, part) => whole.startsWith(part))],
  ["endsWith", text("endsWith", (whole, part) => whole.endsWith(part))],
]);

export function binary(operator: string, left: Value, { right, run }: RightSide): Value {
  const apply = STRICT.get(operator);
  if (apply === undefined) throw new ExpressionError(`${operator} is not part of the language`);
  return apply(left, right, run);
}

function sum(left: Value, right: Value, run: Run): Value {
  const result = add(left, right);
  if (typeof result === "string") run.spend(result.length);
  return result;
}

function truth(operator: string, value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionError(`${kindOf(value)} cannot be used with ${operator}: it is not true or false`);
}

function ordered(operator: string, left: Value, right: Value, holds: (order: number) => boolean): boolean {
  const found = order(left, right, operator);
  return found !== undefined && holds(found);
}

function range(from: Value, to: Value, run: Run): Value {
  const [first, last] = [BigInt(wholeNumber(from)), BigInt(wholeNumber(to))];
  const length = last < first ? 0 : Number(last - first) + 1;
  if (length > LIMITS.range) throw new ExpressionError(`a range of ${length} items is too long`);
  run.spend(length);
  return Array.from({ length }, (_, index) => first + BigInt(index));
}

function matches(left: Value, right: Value, run: Run): Value {
  if (left === null || right === null) return false;
  const subject = left instanceof Uint8Array ? new TextDecoder().decode(left) : left;
  if (typeof subject !== "string" || typeof right !== "string") throw mismatch("matches", left, right);
  run.spend(subject.length);
  return matchesPattern(subject, right);
}

function text(operator: string, holds: (whole: string, part: string) => boolean): Strict {
  return (left, right) => {
    if (left === null || right === null) return false;
    if (typeof left !== "string" || typeof right !== "string") throw mismatch(operator, left, right);
    return holds(left, right);
  };
}

function mismatch(operator: string, left: Value, right: Value): ExpressionError {
  return new ExpressionError(`${kindOf(left)} ${operator} ${kindOf(right)} means nothing: both sides are text`);
}
