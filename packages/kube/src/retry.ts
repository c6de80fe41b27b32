import { backoffDelayMs } from "@outrigger/types";
import type { BackoffPolicy } from "@outrigger/types";
import { sleep } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { isTransient } from "./errors.ts";

export interface RetryPolicy extends BackoffPolicy {
  /** Calls in all, the first included. */
  readonly maxAttempts: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  initialMs: 200,
  factor: 2,
  maxMs: 10_000,
  jitter: 0.2,
  maxAttempts: 5,
};

/**
 * For writers: calls again after a transient error, never sooner than the server's Retry-After asks. The call must be safe to
 * repeat: one whose answer was lost may have been done.
 */
export async function retryTransient<T>(
  clock: Clock,
  policy: RetryPolicy,
  run: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isTransient(error) || attempt >= policy.maxAttempts) throw error;
      await sleep(clock, Math.max(backoffDelayMs(policy, attempt), error.retryAfterMs ?? 0), signal);
    }
  }
}
