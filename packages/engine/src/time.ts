/**
 * A time as nodes and Workflows keep it: to the millisecond, since what is timed by it would otherwise end up to a second early.
 * Kubernetes and Argo read such times, and write them back in whole seconds.
 */
export function exactTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}

/** A time as Kubernetes and Argo write it: whole seconds, `2026-11-23T09:00:00Z`. */
export function isoTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since the epoch; undefined for text that is no time. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
