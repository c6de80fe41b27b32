import { formatGoDuration, isFailedOrError } from "@outrigger/types";
import type { NodePhase, NodeStatus, RetryPolicy } from "@outrigger/types";
import { parseTime } from "../time.ts";
import { durationMs } from "./attempts.ts";
import type { BackoffPlan, RetryPlan } from "./plan.ts";
import { isTransient } from "./transient.ts";

/** What follows an attempt that is at its end. */
export type RetryDecision =
  | { readonly kind: "end"; readonly phase: NodePhase; readonly message: string | undefined }
  | { readonly kind: "wait"; readonly untilMs: number; readonly message: string }
  | { readonly kind: "again" };

/** What the decision is made from, beside the plan. */
export interface RetryFacts {
  /** At least one, the last one at its end. */
  readonly attempts: readonly [NodeStatus, ...NodeStatus[]];
  readonly nowMs: number;
  /** Why nothing more may start: the Workflow is being stopped, or its time is up. */
  readonly cutOff: string | undefined;
  /** What the strategy's expression came to; true without one. */
  readonly isWanted: boolean;
}

// An attempt that failed in the very moment it began would fail again at once, for ever.
const PAUSE_MS = 1_000;

const RETRIES: Readonly<Record<RetryPolicy, (last: NodeStatus) => boolean>> = {
  Always: () => true,
  OnFailure: ({ phase }) => phase === "Failed",
  OnError: ({ phase }) => phase === "Error",
  OnTransientError: ({ message }) => isTransient(message),
};

export function decideRetry(plan: RetryPlan, facts: RetryFacts): RetryDecision {
  const { attempts } = facts;
  const last = attempts.at(-1) ?? attempts[0];
  const end = (message: string | undefined): RetryDecision => ({ kind: "end", phase: last.phase, message });
  if (!isFailedOrError(last.phase)) return { kind: "end", phase: "Succeeded", message: undefined };
  if (facts.cutOff !== undefined) return end(facts.cutOff);
  if (!RETRIES[plan.policy](last)) return end(last.message);
  if (plan.limit !== undefined && attempts.length > plan.limit) return end("No more retries left");
  if (!facts.isWanted) return end("retryStrategy.expression evaluated to false");
  return backOff(plan.backoff, facts, last, end);
}

function backOff(
  backoff: BackoffPlan | undefined,
  { attempts, nowMs }: RetryFacts,
  last: NodeStatus,
  end: (message: string) => RetryDecision,
): RetryDecision {
  const waitMs = Math.max(waitOf(backoff, attempts.length), durationMs(last) === 0 ? PAUSE_MS : 0);
  const untilMs = (parseTime(last.finishedAt) ?? nowMs) + waitMs;
  const endMs = lastStartMs(backoff, attempts[0]);
  if (nowMs >= endMs) return end("Max duration limit exceeded");
  if (untilMs > endMs) return end("Backoff would exceed max duration limit");
  if (untilMs <= nowMs) return { kind: "again" };
  return { kind: "wait", untilMs, message: `Backoff for ${formatGoDuration(waitMs)}` };
}

/** When a Retry node has to be through, if it says so. */
export function lastStartMs(backoff: BackoffPlan | undefined, first: NodeStatus): number {
  const startMs = parseTime(first.startedAt);
  return backoff?.maxDurationMs === undefined || startMs === undefined ? Infinity : startMs + backoff.maxDurationMs;
}

// The wait grows with each attempt: duration × factor^(attempts - 1).
function waitOf(backoff: BackoffPlan | undefined, attempts: number): number {
  if (backoff === undefined) return 0;
  const { durationMs: baseMs, factor, capMs = Infinity } = backoff;
  return Math.min(baseMs * factor ** (attempts - 1), capMs, Number.MAX_SAFE_INTEGER / 2);
}
