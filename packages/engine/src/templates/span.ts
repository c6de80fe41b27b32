import { parseGoDuration } from "@outrigger/types";

/** Seconds as a number, or a Go duration; in milliseconds. Undefined for text that is neither. */
export function parseSpan(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) * 1_000 : parseGoDuration(text);
}
