import type { Value } from "./value.ts";

/** Plain data, as variables are given. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Data as a value of the language: whole numbers become ints, objects maps. */
export function valueOf(data: Json): Value {
  if (typeof data === "number") return Number.isSafeInteger(data) ? BigInt(data) : data;
  if (typeof data !== "object" || data === null) return data;
  if (isArray(data)) return data.map(valueOf);
  return new Map(Object.entries(data).map(([key, item]) => [key, valueOf(item)]));
}

function isArray(data: readonly Json[] | { readonly [key: string]: Json }): data is readonly Json[] {
  return Array.isArray(data);
}
