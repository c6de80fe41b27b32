import { formatGoDuration } from "@outrigger/types";
import type { NodeStatus } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import { parseTime } from "../time.ts";
import type { Activation } from "./invocation.ts";
import { parseSpan } from "./span.ts";

/** When something has to be over. */
export interface Deadline {
  readonly atMs: number;
  /** What to say of a node that is cut off then. */
  readonly message: string;
}

/** The fields of a template that set its nodes a time. */
export const TIME_FIELDS = ["timeout", "pendingTimeout", "activeDeadlineSeconds"] as const;
type TimeField = (typeof TIME_FIELDS)[number];

const MESSAGES: Readonly<Record<TimeField, (span: string) => string>> = {
  timeout: (span) => `timeout: not done within ${span}`,
  pendingTimeout: (span) => `timeout: still pending after ${span}`,
  activeDeadlineSeconds: (span) => `Step exceeded its deadline of ${span}`,
};

/** The Workflow's own deadline, which its exit handler need not keep. */
export function workflowDeadline({ workflow, now }: Run): Deadline | undefined {
  const seconds = workflow.spec.activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const startMs = parseTime(workflow.status?.startedAt ?? now) ?? 0;
  return { atMs: startMs + seconds * 1_000, message: "Step exceeded its deadline" };
}

/**
 * The time by which a node has to be over: what its template says, counted from the node's start, unless something around it ends
 * sooner. `node` is undefined as long as it has not started.
 */
export function deadlineOf(
  run: Run,
  activation: Activation,
  node: NodeStatus | undefined,
): Outcome<Deadline | undefined> {
  const startMs = parseTime(node?.startedAt) ?? run.world.nowMs;
  const isPending = node === undefined || node.phase === "Pending";
  let earliest = activation.invocation.surroundings.deadline;
  for (const field of TIME_FIELDS) {
    if (field === "pendingTimeout" && !isPending) continue;
    const span = spanOf(activation, field);
    if (!span.ok) return span;
    if (span.value === undefined) continue;
    const message = MESSAGES[field](formatGoDuration(span.value));
    earliest = earlier(earliest, { atMs: startMs + span.value, message });
  }
  return succeeded(earliest);
}

export function earlier(a: Deadline | undefined, b: Deadline | undefined): Deadline | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.atMs < a.atMs ? b : a;
}

function spanOf({ template, scope, place }: Activation, field: TimeField): Outcome<number | undefined> {
  const written = template[field];
  if (written === undefined || written === "") return succeeded(undefined);
  const text = new Substitution(scope(), "lenient").text(written, `${place}.${field}`);
  const spanMs = parseSpan(text);
  return spanMs === undefined || spanMs < 0
    ? failed(`${place}.${field} must be seconds or a duration such as 2m, not '${text}'`)
    : succeeded(spanMs);
}
