import { WORKFLOW_PHASES, isFulfilled, isJsonObject } from "@outrigger/types";
import type { KubeObject, WorkflowStatus } from "@outrigger/types";
import type { Change } from "./changes.ts";
import { save } from "./save.ts";
import { isoTime } from "./time.ts";

/**
 * Ends a Workflow that cannot be operated: one that cannot even be read, so that all we have is the object as it is stored. The
 * message goes where people look for it. A Workflow that has ended already is left alone.
 */
export function rejectWorkflow(object: KubeObject, message: string, nowMs: number): readonly Change[] {
  const raw = object["status"];
  // Nothing in here has been looked at; it is written back as it came, but for what is set below.
  const status: Readonly<Record<string, unknown>> = isJsonObject(raw) ? raw : {};
  const phase = WORKFLOW_PHASES.find((known) => known === status["phase"]);
  if (object.metadata.deletionTimestamp !== undefined || isFulfilled(phase)) return [];
  const now = isoTime(nowMs);
  const conditions = Array.isArray(status["conditions"]) ? status["conditions"].filter(isJsonObject) : [];
  const stored = { ...status, conditions } as unknown as WorkflowStatus;
  return save(
    { metadata: object.metadata, status: stored },
    {
      phase: "Error",
      message,
      startedAt: textOr(status["startedAt"], now),
      finishedAt: now,
    },
    { changed: true, read: () => ({ nodes: stored.nodes, progress: textOr(status["progress"], "0/0") }) },
    "now",
  );
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
