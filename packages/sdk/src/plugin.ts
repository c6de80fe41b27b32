import type { JsonValue } from "@outrigger/types";
import type { Logger } from "./logger.ts";
import type { PluginResult } from "./results.ts";

/** What `execute` gets to know of one step. */
export interface PluginContext {
  /** What the template says below the plugin's key: `plugin: {hello: <this>}`. */
  readonly input: JsonValue;
  /** The template's input parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly workflow: { readonly name: string; readonly namespace: string; readonly uid: string };
  /**
   * The node of the Workflow that the call is for. Undefined, like the four below, where the agent does not say: Argo's does not.
   */
  readonly nodeId: string | undefined;
  /** 0 for the first attempt; a retry of the step counts one up. */
  readonly attempt: number | undefined;
  /** Nobody waits for the step any longer than this. Undefined also where the Workflow sets no limit. */
  readonly deadline: Date | undefined;
  /**
   * The same for every call of this attempt: polls, repeated requests, restarts of the agent. Hand it to services that can tell
   * by it that a request is a repetition.
   */
  readonly idempotencyKey: string | undefined;
  /** The W3C trace that the call belongs to. */
  readonly traceparent: string | undefined;
  /** What the call before answered as `running({ state })`; undefined at the first. */
  readonly state: JsonValue | undefined;
  /** Aborted when nobody waits for the answer any more, or the server has to stop. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** Writes JSON lines that name plugin, workflow and node. */
  readonly log: Logger;
}

/** What `cancel` gets to know: the step, as `execute` did, and why nobody wants it any more. */
export interface CancelContext extends PluginContext {
  readonly reason: string;
}

export interface Plugin {
  /** The key that templates name this plugin by: `plugin: {hello: {…}}`. */
  readonly key: string;
  /** Told to whoever asks for it; of no meaning to the server. */
  readonly version?: string;
  /** Runs a step, or looks how it fares. What it throws fails the step with the error's message. */
  execute(context: PluginContext): PluginResult | Promise<PluginResult>;
  /**
   * Ends what the step has begun, as far as it is still under way: it has been stopped, has timed out or was deleted. A call of
   * `execute` for it has its signal aborted first, with or without this. May be called more than once, and for a step that was
   * never begun. The text that it returns is shown on the node. There is not much time: 10 s by default.
   */
  cancel?(context: CancelContext): string | void | Promise<string | void>;
}

/** Describes a plugin. `serve` runs it. */
export function definePlugin(definition: Plugin): Plugin {
  if (definition.key === "") throw new TypeError("a plugin's key must not be empty");
  return definition;
}
