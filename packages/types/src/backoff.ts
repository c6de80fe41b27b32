/** How long to wait after each failure in a row: longer and longer, up to a bound. */
export interface BackoffPolicy {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Share of each delay that is left to chance, 0 to 1, so that many clients do not come back at once. */
  readonly jitter: number;
  /** From 0 up to, not including, 1. Default: Math.random. */
  readonly random?: () => number;
}

/** The delay after `failures` failures in a row (1 or more). Jitter shortens, so `maxMs` holds. */
export function backoffDelayMs(policy: BackoffPolicy, failures: number): number {
  const { initialMs, factor, maxMs, jitter, random = Math.random } = policy;
  const delayMs = Math.min(initialMs * factor ** (failures - 1), maxMs);
  return Math.round(delayMs * (1 - jitter * random()));
}
