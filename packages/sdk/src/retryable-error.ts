import { parseGoDuration } from "@outrigger/types";

/** What `RetryableError` takes beside its message: `cause` too, as every Error. */
export interface RetryableErrorOptions extends ErrorOptions {
  /** Not to be called again before: a duration such as `5s`. Default: the agent decides. */
  readonly retryAfter?: string;
}

/**
 * Throw it where calling again may help: a service is down, a limit is reached. The agent calls `execute` again, a few times,
 * waiting longer each time; then the step fails with this message. Throws a TypeError itself if `retryAfter` is no duration.
 */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  /** Whole seconds, as HTTP's Retry-After wants them. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: RetryableErrorOptions = {}) {
    super(message, options);
    const { retryAfter } = options;
    if (retryAfter === undefined) return;
    const durationMs = parseGoDuration(retryAfter);
    if (durationMs === undefined || durationMs < 0) {
      throw new TypeError(`retryAfter must be a duration such as 5s, not "${retryAfter}"`);
    }
    this.retryAfterSeconds = Math.ceil(durationMs / 1_000);
  }
}
