/** A container cannot start. Its reason and message stand in the container's status until it does. */
export class CannotStart extends Error {
  override readonly name = "CannotStart";
  readonly reason: string;
  /** When to try again: after so many milliseconds, after a growing delay, or once the pod or what it refers to has changed. */
  readonly retryInMs: number | "backoff" | "when something changes";

  constructor(reason: string, message: string, retryInMs: CannotStart["retryInMs"]) {
    super(message);
    this.reason = reason;
    this.retryInMs = retryInMs;
  }
}
