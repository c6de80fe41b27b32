import type { OutputOptions, OutputValues } from "./outputs.ts";
import { requeueDuration } from "./requeue.ts";

/** How a step ends, or goes on: a plain value. Made by `succeeded`, `failed` and `running`. */
export type PluginResult<Outputs = OutputValues | undefined, State = unknown> =
  | Succeeded<Outputs>
  | Failed
  | Running<State>;

/** The step is done. */
export interface Succeeded<Outputs = OutputValues | undefined> {
  /** Told apart by it. */
  readonly phase: "Succeeded";
  /** Shown on the node. */
  readonly message?: string;
  /** Output parameters; undefined if there are none. */
  readonly outputs: Outputs;
  /** What the step answers as a whole. */
  readonly result?: unknown;
}

/** The step has failed, and is not called again. */
export interface Failed extends OutputOptions {
  /** Told apart by it. */
  readonly phase: "Failed";
  /** Shown on the node. */
  readonly message: string;
}

/** The step goes on elsewhere. */
export interface Running<State = unknown> {
  /** Told apart by it. */
  readonly phase: "Running";
  /** Shown on the node. */
  readonly message?: string;
  /** `<done>/<all>`. */
  readonly progress?: string;
  /** When to be called again: a Go duration. */
  readonly requeue: string;
  /** Comes back at the next call; undefined if there is none. */
  readonly state: State;
}

/** What `succeeded` takes. */
export interface SucceededOptions extends OutputOptions {
  /** Shown on the node. */
  readonly message?: string;
}

/** What `running` takes. */
export interface RunningOptions {
  /** Shown on the node. */
  readonly message?: string;
  /** How much is done, of how much: `3/10`. */
  readonly progress?: `${number}/${number}`;
  /** When to be called again: a duration such as `30s`, `2m` or `1h30m`. Default: 10s. */
  readonly requeueAfter?: string;
  /**
   * Comes back as `state` at the next call; at most 16 KiB of JSON, and null is none. Only Outrigger's agent does that, Argo's does
   * not.
   */
  readonly state?: unknown;
}

// An agent that is not told when to call again may never do so.
const DEFAULT_REQUEUE = "10s";

/** The step is done. `outputs` become its output parameters: `succeeded({ outputs: { url, count: 3 } })`. */
export function succeeded<const Outputs extends OutputValues>(
  options: SucceededOptions & { readonly outputs: Outputs },
): Succeeded<Outputs>;
export function succeeded(options?: Omit<SucceededOptions, "outputs">): Succeeded<undefined>;
export function succeeded({ message, outputs, result }: SucceededOptions = {}): Succeeded {
  return { phase: "Succeeded", outputs, ...given("message", message), ...given("result", result) };
}

/** The step has failed; `message` says why. To have it called again instead, throw a `RetryableError`. */
export function failed(message: string, { outputs, result }: OutputOptions = {}): Failed {
  return { phase: "Failed", message, ...given("outputs", outputs), ...given("result", result) };
}

/** The step goes on elsewhere: the plugin is called again after `requeueAfter`. Throws a TypeError if that is no duration. */
export function running<const State>(options: RunningOptions & { readonly state: State }): Running<State>;
export function running(options?: Omit<RunningOptions, "state">): Running<undefined>;
export function running(options: RunningOptions = {}): Running {
  const { message, progress, requeueAfter = DEFAULT_REQUEUE, state } = options;
  return {
    phase: "Running",
    requeue: requeueDuration(requeueAfter),
    state,
    ...given("message", message),
    ...given("progress", progress),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
