import type { JsonValue } from "@outrigger/types";
import type { Fault } from "./fault.ts";

/** A step to run: what its template and its Workflow say. */
export interface TestStep {
  /** The key of the template's plugin block. Default: that of the plugin, where there is one only. */
  readonly key?: string;
  /** What stands below the key. Default: `{}`. */
  readonly input?: unknown;
  /** The template's input parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Default: `test-workflow`, in the namespace `default`. */
  readonly workflow?: { readonly name?: string; readonly namespace?: string; readonly uid?: string };
  /** Default: one that no other step of this test has. The same node and attempt have the same idempotency key. */
  readonly nodeId?: string;
  /** Default: 0, the first. */
  readonly attempt?: number;
  /** After how much time of the test's clock nobody waits any longer, in milliseconds. Default: never. */
  readonly deadlineMs?: number;
  /** What goes wrong with the first call, the second and so on; undefined for a call that goes well. Default: nothing. */
  readonly faults?: readonly (Fault | undefined)[];
}

/** A call as the plugin got it, or would have, and what came of it. */
export interface TestCall {
  /** Polls are calls of `template.execute`. */
  readonly method: "template.execute" | "template.cancel";
  /** When, in milliseconds since the step began, by the test's clock. */
  readonly atMs: number;
  /** What went wrong with it, as the test has asked for. */
  readonly fault: Fault | undefined;
  /** The body of the request. */
  readonly request: JsonValue;
  /** Status and body as the plugin has answered, whether the agent got it or not; undefined where the plugin saw nothing. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

/** What the node of a step that goes on shows. */
export interface TestReport {
  /** When, in milliseconds since the step began, by the test's clock. */
  readonly atMs: number;
  /** What the plugin said, or until when the step waits. */
  readonly message: string | undefined;
  /** `<done>/<all>`, as the plugin counts. */
  readonly progress: string | undefined;
}

/** How a step has ended. */
export interface TestRun {
  /** Succeeded or Failed. */
  readonly phase: string;
  /** Empty if there is none. */
  readonly message: string;
  /** Output parameters by name, as other steps see them: text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the step answers as a whole. */
  readonly result: string | undefined;
  /** As the last answer has it. */
  readonly progress: string | undefined;
  /** How long it took by the test's clock: polls and pauses count, the work of the plugin does not. */
  readonly elapsedMs: number;
  /** The calls of this step, in order. */
  readonly calls: readonly TestCall[];
  /** What the node said meanwhile. */
  readonly reports: readonly TestReport[];
}
