import { failure, ok } from "./parse/result.ts";
import type { Result } from "./parse/result.ts";
import type { Parser } from "./parse/parsers.ts";
import { describe } from "./parse/json.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Parses a Go duration (`2m`, `1m0s`, `1h15m30.9s`, `500ms`, `-1.5h`, `0`) into milliseconds; undefined if it is none. */
export function parseGoDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  let total = 0;
  PART.lastIndex = 0;
  for (let position = 0; position < body.length || position === 0; position = PART.lastIndex) {
    const match = PART.exec(body);
    if (match === null) return undefined;
    total += Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? Number.NaN);
  }
  return negative ? -total : total;
}

/** Milliseconds as Go prints a duration: `1m0s`, `1h15m30.9s`, `500ms`. */
export function formatGoDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  if (durationMs < 0) return `-${formatGoDuration(-durationMs)}`;
  if (durationMs < 1_000) return `${trimmed(durationMs)}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const seconds = `${trimmed((durationMs % 60_000) / 1_000)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** A field that carries a Go duration; its value in milliseconds. */
export const goDuration: Parser<number> = (value, path): Result<number> => {
  const parsed = typeof value === "string" ? parseGoDuration(value) : undefined;
  return parsed === undefined
    ? failure(path, `must be a duration such as 30s, 2m or 1h30m, not ${describe(value)}`)
    : ok(parsed);
};
