import { ExpressionError } from "../error.ts";
import { kindOf } from "../kind.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { isList, isMap, isNumber } from "../value.ts";
import type { Value, ValueMap } from "../value.ts";

/** Numbers are the same if their values are, ints or floats; all else also needs to be of one kind. */
export function same(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return sameNumber(left, right);
  if (isList(left)) {
    return (
      isList(right) && left.length === right.length && left.every((item, index) => same(item, right[index] ?? null))
    );
  }
  if (isMap(left)) return isMap(right) && sameMap(left, right);
  return left === right || sameObject(left, right);
}

function sameNumber(left: bigint | number, right: bigint | number): boolean {
  return typeof left === typeof right ? left === right : Number(left) === Number(right);
}

function sameMap(left: ValueMap, right: ValueMap): boolean {
  return (
    left.size === right.size && [...left].every(([key, value]) => right.has(key) && same(value, right.get(key) ?? null))
  );
}

function sameObject(left: Value, right: Value): boolean {
  if (left instanceof Instant) return right instanceof Instant && left.nanoseconds === right.nanoseconds;
  if (left instanceof Duration) return right instanceof Duration && left.nanoseconds === right.nanoseconds;
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return false;
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Negative, zero or positive; undefined if one of them is not a number. */
export function order(left: Value, right: Value, operator = "<"): number | undefined {
  if (isNumber(left) && isNumber(right)) return orderNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (left instanceof Instant && right instanceof Instant) return sign(left.nanoseconds - right.nanoseconds);
  if (left instanceof Duration && right instanceof Duration) return sign(left.nanoseconds - right.nanoseconds);
  throw new ExpressionError(`${kindOf(left)} ${operator} ${kindOf(right)} means nothing`);
}

function orderNumbers(left: bigint | number, right: bigint | number): number | undefined {
  if (typeof left === "bigint" && typeof right === "bigint") return sign(left - right);
  const difference = Number(left) - Number(right);
  if (Number(left) === Number(right)) return 0;
  return Number.isNaN(difference) ? undefined : difference;
}

function sign(value: bigint): number {
  if (value === 0n) return 0;
  return value < 0n ? -1 : 1;
}

/** By Unicode code points, as Go orders the bytes of UTF-8. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

// Surrogates stand for code points beyond U+FFFF.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
