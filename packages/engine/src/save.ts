import { LABEL_COMPLETED, LABEL_PHASE, isFulfilled } from "@outrigger/types";
import type { ObjectMeta, WorkflowCondition, WorkflowPhase, WorkflowStatus } from "@outrigger/types";
import type { Change, EmitEvent, SaveWorkflow } from "./changes.ts";
import type { Draft } from "./draft.ts";
import { own } from "./own.ts";
import { sameJson } from "./same-json.ts";

const COMPLETED: WorkflowCondition = { type: "Completed", status: "True" };

/** The Workflow as it is stored. */
export interface Stored {
  readonly metadata: ObjectMeta;
  readonly status: WorkflowStatus;
}

/** What a pass has come to. Fields that are undefined are taken away. */
export type NewStatus = {
  readonly [K in "message" | "finishedAt" | "outputs"]?: WorkflowStatus[K] | undefined;
} & {
  readonly phase: WorkflowPhase;
  readonly startedAt: string;
  /** Labels and annotations that the Workflow shall have, beside those of its phase. */
  readonly metadata?: Pick<ObjectMeta, "labels" | "annotations">;
};

/**
 * The nodes that a pass has come to. They are brought together only when they are read: most checkpoints are put off, and what is
 * put off must not cost the more the larger the Workflow is.
 */
export interface NewNodes {
  readonly changed: boolean;
  readonly draft?: Draft;
  readonly read: () => { readonly [K in "nodes" | "progress"]: WorkflowStatus[K] | undefined };
}

/** The checkpoint and the Event that goes with it; nothing, if the Workflow is stored just so. */
export function save(
  stored: Stored,
  change: NewStatus,
  nodes: NewNodes,
  urgency: SaveWorkflow["urgency"],
): readonly Change[] {
  const { metadata = {}, ...fields } = change;
  const labels = changed(stored.metadata.labels, { ...metadata.labels, ...phaseLabels(change.phase) });
  const annotations = changed(stored.metadata.annotations, metadata.annotations ?? {});
  const phaseChanged = stored.status.phase !== change.phase;
  const urgent = phaseChanged || Object.keys(labels).length > 0;
  if (
    !urgent &&
    !nodes.changed &&
    sameJson(withoutNodes(stored.status), newStatus(withoutNodes(stored.status), fields))
  )
    return [];
  let status: WorkflowStatus | undefined;
  return [
    {
      kind: "saveWorkflow",
      order: "save",
      get status() {
        return (status ??= newStatus(stored.status, { ...fields, ...nodes.read() }));
      },
      labels,
      annotations,
      urgency: urgent ? "now" : urgency,
      ...(nodes.draft === undefined ? {} : { draft: nodes.draft }),
    },
    ...(phaseChanged ? [eventOf(change)] : []),
  ];
}

function newStatus(before: WorkflowStatus, change: Pick<NewStatus, "phase">): WorkflowStatus {
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

function withoutNodes({ nodes: _nodes, ...rest }: WorkflowStatus): WorkflowStatus {
  return rest;
}

function phaseLabels(phase: WorkflowPhase): Texts {
  return { [LABEL_PHASE]: phase, [LABEL_COMPLETED]: String(isFulfilled(phase)) };
}

type Texts = Readonly<Record<string, string>>;

function changed(before: Texts = {}, wanted: Texts): Texts {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => own(before, name) !== value));
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
