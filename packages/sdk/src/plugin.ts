import type { JsonValue } from "@outrigger/types";
import type { CancelContext, PluginContext, PollContext } from "./context.ts";
import type { OutputValues } from "./outputs.ts";
import type { PluginResult } from "./results.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "./schema/standard-schema.ts";

/** What `definePlugin` takes. Without a schema, `input` and `state` are any JSON, and outputs any values. */
export interface PluginDefinition<
  Input extends StandardSchema = StandardSchema<JsonValue>,
  Output extends StandardSchema = StandardSchema<OutputValues | undefined>,
  State extends StandardSchema = StandardSchema<unknown, JsonValue>,
> {
  /** The key that templates name this plugin by: `plugin: {hello: {…}}`. */
  readonly key: string;
  /** Told to whoever asks for it; of no meaning to the server. */
  readonly version?: string;
  /**
   * What a template may say below the key. A step whose template does not fit fails, with the place of each fault, before anything is
   * called. `plugin.info` shows it as JSON Schema, where its library can.
   */
  readonly input?: Input;
  /** What `succeeded` must have as `outputs`. A step whose outputs do not fit fails. */
  readonly output?: Output;
  /**
   * What `running` must have as `state`. It is checked when it comes back: it may have been written by an older version of the
   * plugin.
   */
  readonly state?: State;
  /**
   * Runs a step; without `poll`, also looks how it fares. What it throws fails the step with the error's message; a `RetryableError`
   * has it called again.
   */
  execute(context: PluginContext<SchemaOutput<Input>, SchemaOutput<State>>): Awaitable<Result<Output, State>>;
  /**
   * Called in place of `execute` once that, or `poll` itself, has answered `running({ state })`. Only Outrigger's agent hands
   * `state` back: for Argo's, a plugin with `poll` fails the step before anything begins.
   */
  poll?(context: PollContext<SchemaOutput<Input>, SchemaOutput<State>>): Awaitable<Result<Output, State>>;
  /**
   * Ends what the step has begun, as far as it is still under way: it has been stopped, has timed out or was deleted. A call of
   * `execute` for it has its signal aborted first, with or without this. May be called more than once, and for a step that was
   * never begun. The text that it returns is shown on the node. There is not much time: 10 s by default.
   */
  cancel?(context: CancelContext<SchemaOutput<Input>, SchemaOutput<State>>): Awaitable<string | void>;
}

type Awaitable<T> = T | Promise<T>;
type Result<Output extends StandardSchema, State extends StandardSchema> = PluginResult<
  Frozen<SchemaInput<Output>>,
  Frozen<SchemaInput<State>>
>;
// What is written out in a call of `succeeded` is as narrow as it can be, and so read-only.
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A plugin, whatever its types: what `serve` runs. Each method is called with what the schemas have made of its parts. */
export interface Plugin extends Pick<PluginDefinition, "key" | "version"> {
  /** See `PluginDefinition`, as for all that follows. */
  readonly input?: StandardSchema;
  /** Of the outputs. */
  readonly output?: StandardSchema;
  /** Of what is handed from one poll to the next. */
  readonly state?: StandardSchema;
  /** Runs a step. */
  execute(context: PluginContext<unknown, unknown>): Awaitable<PluginResult<unknown>>;
  /** Looks how a step fares. */
  poll?(context: PollContext<unknown, unknown>): Awaitable<PluginResult<unknown>>;
  /** Ends a step. */
  cancel?(context: CancelContext<unknown, unknown>): Awaitable<string | void>;
}

/**
 * Describes a plugin; `serve` runs it. The types of `input`, `outputs` and `state` follow from the schemas. Throws a TypeError if the
 * key is empty.
 */
export function definePlugin<
  Input extends StandardSchema = StandardSchema<JsonValue>,
  Output extends StandardSchema = StandardSchema<OutputValues | undefined>,
  State extends StandardSchema = StandardSchema<unknown, JsonValue>,
>(definition: PluginDefinition<Input, Output, State>): Plugin {
  if (definition.key === "") throw new TypeError("a plugin's key must not be empty");
  return definition;
}
