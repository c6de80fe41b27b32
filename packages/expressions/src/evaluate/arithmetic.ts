import { ExpressionError } from "../error.ts";
import { wrapInt64 } from "../go/int.ts";
import { kindOf } from "../kind.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { isNumber } from "../value.ts";
import type { Value } from "../value.ts";

/** `+`: numbers, text, and times with durations. */
export function add(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return numbers(left, right, ADDITION);
  if (typeof left === "string" && typeof right === "string") return left + right;
  const later = left instanceof Duration ? addTo(right, left) : right instanceof Duration && addTo(left, right);
  if (later) return later;
  throw mismatch("+", left, right);
}

function addTo(value: Value, duration: Duration): Value | undefined {
  if (value instanceof Instant) return value.plus(duration);
  return value instanceof Duration ? new Duration(value.nanoseconds + duration.nanoseconds) : undefined;
}

export function subtract(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return numbers(left, right, SUBTRACTION);
  if (left instanceof Instant && right instanceof Instant) return new Duration(left.nanoseconds - right.nanoseconds);
  if (left instanceof Instant && right instanceof Duration) return left.plus(new Duration(-right.nanoseconds));
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanoseconds - right.nanoseconds);
  throw mismatch("-", left, right);
}

export function multiply(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return numbers(left, right, MULTIPLICATION);
  if (left instanceof Duration && isNumber(right)) return scaled(left, right);
  if (right instanceof Duration && isNumber(left)) return scaled(right, left);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanoseconds * right.nanoseconds);
  throw mismatch("*", left, right);
}

/** Always a float. */
export function divide(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return Number(left) / Number(right);
  throw mismatch("/", left, right);
}

/** Of ints only; the sign is that of the left side. */
export function modulo(left: Value, right: Value): Value {
  if (typeof left !== "bigint" || typeof right !== "bigint") throw mismatch("%", left, right);
  if (right === 0n) throw new ExpressionError("a division by zero");
  return left % right;
}

/** Always a float. */
export function power(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return Number(left) ** Number(right);
  throw mismatch("**", left, right);
}

export function negate(value: Value): Value {
  if (typeof value === "bigint") return wrapInt64(-value);
  if (typeof value === "number") return -value;
  if (value instanceof Duration) return new Duration(-value.nanoseconds);
  throw new ExpressionError(`- cannot stand before ${kindOf(value)}`);
}

interface Operation {
  readonly ints: (left: bigint, right: bigint) => bigint;
  readonly floats: (left: number, right: number) => number;
}

const ADDITION: Operation = { ints: (a, b) => a + b, floats: (a, b) => a + b };
const SUBTRACTION: Operation = { ints: (a, b) => a - b, floats: (a, b) => a - b };
const MULTIPLICATION: Operation = { ints: (a, b) => a * b, floats: (a, b) => a * b };

function numbers(left: bigint | number, right: bigint | number, { ints, floats }: Operation): Value {
  if (typeof left === "bigint" && typeof right === "bigint") return wrapInt64(ints(left, right));
  return floats(Number(left), Number(right));
}

function scaled({ nanoseconds }: Duration, factor: bigint | number): Duration {
  if (typeof factor === "bigint") return new Duration(nanoseconds * factor);
  return new Duration(BigInt(Math.trunc(Number(nanoseconds) * factor)));
}

function mismatch(operator: string, left: Value, right: Value): ExpressionError {
  return new ExpressionError(`${kindOf(left)} ${operator} ${kindOf(right)} means nothing`);
}
