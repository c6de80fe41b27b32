import { ExpressionError } from "../error.ts";
import { truncateToInt } from "../go/int.ts";
import { kindOf } from "../kind.ts";
import { methodOf } from "../time/methods.ts";
import { isKey, isList, isMap } from "../value.ts";
import type { Value, ValueMap } from "../value.ts";
import { same } from "./compare.ts";

/** `object.key` and `object[key]`. What a map does not have is nil; beyond a list there is nothing. */
export function fetchFrom(object: Value, key: Value): Value {
  if (isMap(object)) return entryOf(object, key);
  const sequence = sequenceOf(object);
  if (sequence !== undefined) {
    const index = indexOf(key, sequence.length);
    const item = sequence.at(index);
    if (item === undefined) {
      throw new ExpressionError(`there is no item ${index} in a ${kindOf(object)} of ${sequence.length}`);
    }
    return item;
  }
  const method = typeof key === "string" ? methodOf(object, key) : undefined;
  if (method === undefined) throw new ExpressionError(`${kindOf(object)} has no ${shown(key)}`);
  return method;
}

/** As `fetchFrom`, with nil where there is nothing. */
export function fetchOrNil(object: Value, key: Value): Value {
  if (isMap(object)) return isKey(key) ? (object.get(key) ?? null) : null;
  const sequence = sequenceOf(object);
  if (sequence === undefined) return null;
  const index = wholeNumber(key);
  return sequence[index < 0 ? sequence.length + index : index] ?? null;
}

/** The items of a list, the bytes of a text. */
function sequenceOf(object: Value): readonly Value[] | undefined {
  if (isList(object)) return object;
  if (typeof object === "string") return utf8(object);
  return object instanceof Uint8Array ? Array.from(object, BigInt) : undefined;
}

function utf8(text: string): readonly bigint[] {
  return Array.from(new TextEncoder().encode(text), BigInt);
}

function entryOf(map: ValueMap, key: Value): Value {
  if (!isKey(key)) throw new ExpressionError(`${kindOf(key)} cannot be the key of a map`);
  return map.get(key) ?? null;
}

function indexOf(key: Value, length: number): number {
  const index = wholeNumber(key);
  const fromStart = index < 0 ? length + index : index;
  if (fromStart < 0) throw new ExpressionError(`there is no item ${index} in a list of ${length}`);
  return fromStart;
}

export function wholeNumber(value: Value): number {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number(truncateToInt(value));
  throw new ExpressionError(`${kindOf(value)} is not a number`);
}

/** `object[from:to]`; bounds count from the end where they are negative, and are cut to what there is. */
export function slice(object: Value, from: Value | undefined, to: Value | undefined): Value {
  if (isList(object)) return object.slice(...bounds(object.length, from, to));
  if (object instanceof Uint8Array) return object.slice(...bounds(object.length, from, to));
  if (typeof object === "string") return textSlice(object, from, to);
  throw new ExpressionError(`${kindOf(object)} cannot be sliced`);
}

// Bounds count bytes, as in Go; half of a character becomes U+FFFD.
function textSlice(text: string, from: Value | undefined, to: Value | undefined): string {
  const encoded = new TextEncoder().encode(text);
  return new TextDecoder().decode(encoded.slice(...bounds(encoded.length, from, to)));
}

function bounds(length: number, from: Value | undefined, to: Value | undefined): [number, number] {
  const start = from === undefined ? 0 : bound(wholeNumber(from), length);
  const end = to === undefined ? length : bound(wholeNumber(to), length);
  return [Math.min(start, end), end];
}

function bound(value: number, length: number): number {
  return Math.min(Math.max(value < 0 ? length + value : value, 0), length);
}

/** `needle in collection`. */
export function contains(collection: Value, needle: Value): boolean {
  if (collection === null) return false;
  if (isList(collection)) return collection.some((item) => same(item, needle));
  if (isMap(collection)) return isKey(needle) && collection.has(needle);
  throw new ExpressionError(`in looks into lists and maps, not into ${kindOf(collection)}`);
}

function shown(key: Value): string {
  return typeof key === "string" ? JSON.stringify(key) : `item of a ${kindOf(key)}`;
}
