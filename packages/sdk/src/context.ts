import type { JsonValue } from "@outrigger/types";
import type { Logger } from "./logger.ts";

/** What `execute` gets to know of one step. */
export interface PluginContext<Input = JsonValue, State = JsonValue> {
  /** What the template says below the plugin's key, `plugin: {hello: <this>}`, as the plugin's `input` schema gives it. */
  readonly input: Input;
  /** The template's input parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The Workflow that the step belongs to. */
  readonly workflow: { readonly name: string; readonly namespace: string; readonly uid: string };
  /**
   * The node of the Workflow that the call is for. Undefined, like the five below, where the agent does not say: Argo's does not.
   */
  readonly nodeId: string | undefined;
  /** Its name, such as `wf[0].build(2:x)`. Undefined also where the controller does not tell the agent. */
  readonly nodeName: string | undefined;
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
  /** What the call before answered as `running({ state })`, as the plugin's `state` schema gives it; undefined at the first. */
  readonly state: State | undefined;
  /** Aborted when nobody waits for the answer any more, or the server has to stop. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** Writes JSON lines that name plugin, workflow and node. */
  readonly log: Logger;
  /**
   * A secret that the plugin's container has as an environment variable. Where it is missing or empty, this throws an error that
   * says how to set it, which fails the step.
   */
  readonly secret: (name: string) => string;
}

/** What `poll` gets to know: the step, as `execute` did, and what the call before has handed on. */
export interface PollContext<Input = JsonValue, State = JsonValue> extends PluginContext<Input, State> {
  /** What the call before answered as `running({ state })`. */
  readonly state: State;
}

/** What `cancel` gets to know: the step, as `execute` did, and why nobody wants it any more. */
export interface CancelContext<Input = JsonValue, State = JsonValue> extends PluginContext<Input, State> {
  /** In words: `workflow was stopped`, `step timed out`. */
  readonly reason: string;
}
