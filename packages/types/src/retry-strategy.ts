import { intOrString, object, oneOf, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";

export const RETRY_POLICIES = ["Always", "OnFailure", "OnError", "OnTransientError"] as const;
export type RetryPolicy = (typeof RETRY_POLICIES)[number];

/** How long to wait before the next attempt; durations are seconds, or Go durations. */
export interface RetryBackoff {
  readonly duration?: string;
  /** By what the wait grows with each attempt. */
  readonly factor?: string;
  /** The longest wait. */
  readonly cap?: string;
  /** No attempt begins, and none goes on, this long after the start of the first one. */
  readonly maxDuration?: string;
}

export interface RetryStrategy {
  /** Attempts beside the first one; without it, any number. */
  readonly limit?: string;
  readonly retryPolicy?: RetryPolicy;
  readonly backoff?: RetryBackoff;
  /** Whether to try again, of `lastRetry.exitCode`, `.status`, `.duration`, `.message`, and `retries`. */
  readonly expression?: string;
}

export const retryStrategyParser: Parser<RetryStrategy> = object<RetryStrategy>({
  limit: intOrString,
  retryPolicy: oneOf(...RETRY_POLICIES),
  backoff: object<RetryBackoff>({
    duration: intOrString,
    factor: intOrString,
    cap: intOrString,
    maxDuration: intOrString,
  }),
  expression: string,
});
