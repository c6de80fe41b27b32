import { compareText } from "../evaluate/compare.ts";
import type { Key } from "../value.ts";

const RANKS: Readonly<Record<string, number>> = { object: 0, bigint: 1, number: 2, string: 3, boolean: 4 };

/** The order in which Go shows the keys of a map. */
export function compareKeys(left: Key, right: Key): number {
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  const ranks = (RANKS[typeof left] ?? 0) - (RANKS[typeof right] ?? 0);
  if (ranks !== 0 || left === null || right === null) return ranks;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
