import { LABEL_COMPLETED, LABEL_PHASE, isFulfilled } from "@outrigger/types";
import type { ObjectMeta, WorkflowCondition, WorkflowPhase, WorkflowStatus } from "@outrigger/types";
import type { Change, EmitEvent, SaveWorkflow } from "./changes.ts";
import { sameJson } from "./same-json.ts";

const COMPLETED: WorkflowCondition = { type: "Completed", status: "True" };

/** The Workflow as it is stored. */
export interface Stored {
  readonly metadata: ObjectMeta;
  readonly status: WorkflowStatus;
}

/** What a pass has come to. Fields that are undefined are taken away. */
export type NewStatus = {
  readonly [K in "message" | "finishedAt" | "progress" | "nodes" | "outputs"]?: WorkflowStatus[K] | undefined;
} & { readonly phase: WorkflowPhase; readonly startedAt: string };

/** The checkpoint and the Event that goes with it; nothing, if the Workflow is stored just so. */
export function save(stored: Stored, change: NewStatus, urgency: SaveWorkflow["urgency"]): readonly Change[] {
  const status = newStatus(stored.status, change);
  const labels = changedLabels(stored.metadata, change.phase);
  const phaseChanged = stored.status.phase !== change.phase;
  const urgent = phaseChanged || Object.keys(labels).length > 0;
  if (!urgent && sameStatus(stored.status, status)) return [];
  return [
    { kind: "saveWorkflow", order: "save", status, labels, urgency: urgent ? "now" : urgency },
    ...(phaseChanged ? [eventOf(change)] : []),
  ];
}

function newStatus(before: WorkflowStatus, change: NewStatus): WorkflowStatus {
  const merged: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(change)) {
    if (value === undefined) delete merged[field];
    else merged[field] = value;
  }
  if (isFulfilled(change.phase)) merged["conditions"] = withCompleted(before.conditions);
  return merged;
}

function withCompleted(conditions: readonly WorkflowCondition[] = []): readonly WorkflowCondition[] {
  return [...conditions.filter(({ type }) => type !== COMPLETED.type), COMPLETED];
}

// Nodes are compared by identity: the tree hands back the very object that it got if nothing has changed.
function sameStatus(before: WorkflowStatus, after: WorkflowStatus): boolean {
  const { nodes: nodesBefore, ...restBefore } = before;
  const { nodes: nodesAfter, ...restAfter } = after;
  return nodesBefore === nodesAfter && sameJson(restBefore, restAfter);
}

function changedLabels({ labels = {} }: ObjectMeta, phase: WorkflowPhase): Readonly<Record<string, string>> {
  const wanted = { [LABEL_PHASE]: phase, [LABEL_COMPLETED]: String(isFulfilled(phase)) };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => labels[name] !== value));
}

function eventOf({ phase, message = `Workflow ended in phase ${phase}` }: NewStatus): EmitEvent {
  const event = { kind: "emitEvent", order: "after" } as const;
  if (phase === "Succeeded")
    return { ...event, type: "Normal", reason: "WorkflowSucceeded", message: "Workflow completed" };
  if (isFulfilled(phase)) return { ...event, type: "Warning", reason: "WorkflowFailed", message: shortened(message) };
  return { ...event, type: "Normal", reason: `Workflow${phase}`, message: `Workflow ${phase}` };
}

// The API takes no longer message in an Event.
const MAX_EVENT_BYTES = 1_024;

function shortened(message: string): string {
  const bytes = new TextEncoder().encode(message);
  if (bytes.length <= MAX_EVENT_BYTES) return message;
  // A character that is cut in two ends up as a replacement character, which goes.
  return `${new TextDecoder().decode(bytes.slice(0, MAX_EVENT_BYTES - 4)).replace(/\uFFFD$/, "")}…`;
}
