import type { Duration } from "./time/duration.ts";
import type { Instant } from "./time/instant.ts";
import type { Zone } from "./time/zone.ts";

/**
 * What an expression works with. Ints are bigints and floats numbers, so that the two kinds of Go stay apart. Maps are Maps: no key of
 * a user's can ever meet a prototype.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | ValueMap
  | Instant
  | Duration
  | Zone
  | Callable;

export type ValueMap = ReadonlyMap<Key, Value>;

/** Keys are text, except in what `groupBy` and `fromPairs` make. */
export type Key = null | boolean | bigint | number | string;

/** A function that stands in a variable, such as `asInt` or `sprig.upper`. */
export class Callable {
  readonly name: string;
  readonly call: (args: readonly Value[], context: CallContext) => Value;

  constructor(name: string, call: (args: readonly Value[], context: CallContext) => Value) {
    this.name = name;
    this.call = call;
  }
}

/** What a function may use beside its arguments. */
export interface CallContext {
  /** The time that `now()` tells. */
  readonly nowMs: number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Counts what a function makes: list items, map entries, characters. */
  spend(cells: number): void;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return value instanceof Map;
}

export function isKey(value: Value): value is Key {
  return value === null || typeof value !== "object";
}

export function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}
