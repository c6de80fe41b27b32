import { TASK_ATTEMPT, TASK_CANCEL, TASK_CANCEL_UNTIL, TASK_DEADLINE, isJsonObject } from "@outrigger/types";
import type { JsonValue, TemplateMetadata } from "@outrigger/types";

/** What a task carries beside its template (ADR 0008). */
export interface TaskFacts {
  /** 0 for the first. */
  readonly attempt: number;
  readonly deadlineMs: number | undefined;
}

const TASK_ANNOTATIONS: ReadonlySet<string> = new Set([TASK_ATTEMPT, TASK_DEADLINE, TASK_CANCEL, TASK_CANCEL_UNTIL]);

/** Reads them off a template as it was announced. What makes no sense counts as not given: the task itself may be sound. */
export function taskFacts(template: JsonValue): TaskFacts {
  const metadata = isJsonObject(template) ? template["metadata"] : undefined;
  const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
  const text = (name: string): string => {
    const value = isJsonObject(annotations) ? annotations[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  return {
    attempt: /^\d{1,9}$/.test(text(TASK_ATTEMPT)) ? Number(text(TASK_ATTEMPT)) : 0,
    deadlineMs: timeOf(text(TASK_DEADLINE)),
  };
}

/** A template's metadata as its author wrote it. */
export function withoutTaskFacts(metadata: TemplateMetadata): TemplateMetadata {
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !TASK_ANNOTATIONS.has(name));
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

function timeOf(text: string): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
