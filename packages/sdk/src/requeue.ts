import { parseGoDuration } from "@outrigger/types";

/** Hands a duration on as it is, if an agent can wait for it. */
export function requeueDuration(text: string): string {
  const durationMs = parseGoDuration(text);
  if (durationMs === undefined || durationMs <= 0) {
    throw new TypeError(`requeueAfter must be a positive duration such as 30s, 2m or 1h30m, not "${text}"`);
  }
  return text;
}
