import { interruptedMessage } from "@outrigger/types";
import { failure } from "./report.ts";
import type { NodeReport } from "./report.ts";

// What survives wherever results are stored, also with a CRD that drops the fields that it does not know: the message (ADR 0009).
const INTENT = /^plugin (\S+) is being called, once only$/;

/** What is saved before a call that must not be made twice. Any other report of the node takes it away. */
export function intentReport(plugin: string): NodeReport {
  return { phase: "Running", message: `plugin ${plugin} is being called, once only` };
}

/** What a call has come to whose intent was saved by an agent that did not live to save its answer; undefined if it is no intent. */
export function interruptedCall({ phase, message = "" }: NodeReport): NodeReport | undefined {
  const plugin = phase === "Running" ? INTENT.exec(message)?.[1] : undefined;
  if (plugin === undefined) return undefined;
  return failure(interruptedMessage(plugin));
}
