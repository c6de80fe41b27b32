import { goText } from "../go/text.ts";
import { truncateToInt } from "../go/int.ts";
import { isList, isMap } from "../value.ts";
import type { Value } from "../value.ts";

/** Any value as an int, as sprig's cast does it: what is none counts as 0. */
export function castInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? truncateToInt(value) : 0n;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "string") return 0n;
  const text = value.replace(/\.0*$/, "");
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : 0n;
}

/** The same for floats. */
export function castFloat(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.trim() === "") return 0;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? 0 : parsed;
}

/** A value as text within a text: nothing for nil in lists, else Go's `%v`. */
export function castText(value: Value): string {
  return typeof value === "string" ? value : goText(value);
}

/** What `default`, `coalesce` and the like pass over. */
export function isEmpty(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0n || value === 0) return true;
  if (isList(value)) return value.length === 0;
  if (isMap(value)) return value.size === 0;
  return value instanceof Uint8Array && value.length === 0;
}
