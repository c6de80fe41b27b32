/** How a call has gone, as metrics and spans tell it. */
export type Outcome =
  | "succeeded"
  | "failed"
  | "running"
  /** The template did not fit the plugin. */
  | "refused"
  /** The plugin wants to be called again: a `RetryableError`. */
  | "retried"
  /** There were too many calls already. */
  | "overloaded";

/** A call that metrics and spans tell of. */
export interface ObservedCall {
  /** The plugin's key. */
  readonly plugin: string;
  readonly method: "execute" | "poll" | "cancel";
}
