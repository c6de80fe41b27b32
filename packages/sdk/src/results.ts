import type { JsonValue } from "@outrigger/types";
import { outputsOf } from "./outputs.ts";
import type { OutputOptions, ResultOutputs } from "./outputs.ts";
import { requeueDuration } from "./requeue.ts";

/** How a step ends, or goes on: a plain value. Made by `succeeded`, `failed` and `running`. */
export type PluginResult =
  | { readonly phase: "Succeeded"; readonly message?: string; readonly outputs?: ResultOutputs }
  | { readonly phase: "Failed"; readonly message: string; readonly outputs?: ResultOutputs }
  | {
      readonly phase: "Running";
      readonly message?: string;
      readonly progress?: string;
      /** A Go duration. */
      readonly requeue: string;
      readonly state?: JsonValue;
    };

export interface SucceededOptions extends OutputOptions {
  /** Shown on the node. */
  readonly message?: string;
}

export interface RunningOptions {
  /** Shown on the node. */
  readonly message?: string;
  /** How much is done, of how much: `3/10`. */
  readonly progress?: `${number}/${number}`;
  /** When to be called again: a duration such as `30s`, `2m` or `1h30m`. Default: 10s. */
  readonly requeueAfter?: string;
  /** Comes back as `state` at the next call; at most 16 KiB of JSON. Only Outrigger's agent does that, Argo's does not. */
  readonly state?: JsonValue;
}

// An agent that is not told when to call again may never do so.
const DEFAULT_REQUEUE = "10s";

/** The step is done. `outputs` become its output parameters: `succeeded({ outputs: { url, count: 3 } })`. */
export function succeeded(options: SucceededOptions = {}): PluginResult {
  return { phase: "Succeeded", ...given("message", options.message), ...given("outputs", outputsOf(options)) };
}

/** The step has failed; `message` says why. To have it called again instead, throw a `RetryableError`. */
export function failed(message: string, options: OutputOptions = {}): PluginResult {
  return { phase: "Failed", message, ...given("outputs", outputsOf(options)) };
}

/** The step goes on elsewhere: `execute` is called again after `requeueAfter`. */
export function running(options: RunningOptions = {}): PluginResult {
  const { message, progress, requeueAfter = DEFAULT_REQUEUE, state } = options;
  return {
    phase: "Running",
    requeue: requeueDuration(requeueAfter),
    ...given("message", message),
    ...given("progress", progress),
    ...given("state", state),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
