import {
  ANNOTATION_RETRIES,
  TASK_ATTEMPT,
  TASK_CANCEL,
  TASK_CANCEL_UNTIL,
  TASK_DEADLINE,
  TASK_NODE_NAME,
} from "../labels.ts";
import type { ObjectMeta } from "../meta.ts";
import { isJsonObject } from "../parse/json.ts";
import type { JsonValue } from "../parse/json.ts";
import type { TemplateMetadata } from "../template.ts";

/** What a task carries beside its template (ADR 0008). */
export interface TaskFacts {
  /** The controller does not always say. */
  readonly nodeName: string | undefined;
  /** 0 for the first. */
  readonly attempt: number;
  /** How often the Workflow has been retried by hand. */
  readonly retries: number;
  readonly deadlineMs: number | undefined;
}

/** The task is no longer wanted. */
export interface CancelOrder {
  readonly reason: string;
  /** How long somebody waits to hear what became of it. */
  readonly untilMs: number | undefined;
}

const TASK_ANNOTATIONS: ReadonlySet<string> = new Set([
  TASK_NODE_NAME,
  TASK_ATTEMPT,
  ANNOTATION_RETRIES,
  TASK_DEADLINE,
  TASK_CANCEL,
  TASK_CANCEL_UNTIL,
]);

/** Reads them off a template as it was announced. What makes no sense counts as not given: the task itself may be sound. */
export function taskFacts(template: JsonValue): TaskFacts {
  return {
    nodeName: annotation(template, TASK_NODE_NAME),
    attempt: countOf(annotation(template, TASK_ATTEMPT)),
    retries: countOf(annotation(template, ANNOTATION_RETRIES)),
    deadlineMs: timeOf(annotation(template, TASK_DEADLINE)),
  };
}

/** How often a Workflow, or that of a task, has been retried by hand. */
export function retriesOf({ annotations }: Pick<ObjectMeta, "annotations"> = {}): number {
  return countOf(annotations?.[ANNOTATION_RETRIES]);
}

export function cancelOrder(template: JsonValue): CancelOrder | undefined {
  const reason = annotation(template, TASK_CANCEL);
  return reason === undefined ? undefined : { reason, untilMs: timeOf(annotation(template, TASK_CANCEL_UNTIL)) };
}

/** A template's metadata as its author wrote it. */
export function withoutTaskFacts(metadata: TemplateMetadata): TemplateMetadata {
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !TASK_ANNOTATIONS.has(name));
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

function annotation(template: JsonValue, name: string): string | undefined {
  const metadata = isJsonObject(template) ? template["metadata"] : undefined;
  const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
  const value = isJsonObject(annotations) ? annotations[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

function countOf(text = ""): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function timeOf(text = ""): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
