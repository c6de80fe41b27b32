import { backoffDelayMs } from "../backoff.ts";
import { ANNOTATION_AT_MOST_ONCE } from "../labels.ts";
import type { PluginAnswer } from "./answer.ts";
import { METHOD_EXECUTE } from "./rpc.ts";

/** How often a call is made while its failures may pass, and how long it may take. */
export interface TryRules {
  /** Calls in all. */
  readonly maxTries: number;
  /** Before the second call; twice as long before each further one. */
  readonly retryDelayMs: number;
  /** For one call, until the last byte of the answer. */
  readonly callTimeoutMs: number;
}

export const DEFAULT_TRIES: TryRules = { maxTries: 5, retryDelayMs: 1_000, callTimeoutMs: 30_000 };

type Transient = Extract<PluginAnswer, { kind: "transient" }>;
type Fatal = Extract<PluginAnswer, { kind: "fatal" }>;

const BACKOFF = { factor: 2, maxMs: 60_000, jitter: 0.2 };

/** What follows after `failures` calls in a row that have failed in a way that may pass, this answer the last of them. */
export function nextTry(
  { maxTries, retryDelayMs }: TryRules,
  failures: number,
  { reason, retryAfterMs }: Transient,
  random: () => number,
): { readonly kind: "again"; readonly afterMs: number } | Fatal {
  if (failures >= maxTries) {
    return {
      kind: "fatal",
      message: `gave ${METHOD_EXECUTE} no answer in ${failures} tries; the last: ${reason}`,
    };
  }
  const delayMs = backoffDelayMs({ ...BACKOFF, initialMs: retryDelayMs, random }, failures);
  return { kind: "again", afterMs: Math.max(delayMs, retryAfterMs) };
}

/** What becomes of such a call whose agent has not lived to save the answer. */
export function interruptedMessage(plugin: string): string {
  return `the agent was interrupted while it called plugin ${plugin}, and does not call it again (${ANNOTATION_AT_MOST_ONCE}): the step may or may not have been carried out`;
}

/** What an answer means where the plugin is to be called at most once for a task: nobody knows what a broken call has done. */
export function onceOnly(answer: PluginAnswer): PluginAnswer {
  if (answer.kind !== "transient" || answer.cause !== "broken") return answer;
  return {
    kind: "fatal",
    message: `gave ${METHOD_EXECUTE} no answer (${answer.reason}), and is not called again (${ANNOTATION_AT_MOST_ONCE}): the step may or may not have been carried out`,
  };
}
