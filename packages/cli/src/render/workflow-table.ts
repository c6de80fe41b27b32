import { isFulfilled } from "@outrigger/types";
import type { KubeObject, WorkflowPhase, WorkflowStatus } from "@outrigger/types";
import { statusOf } from "../follow-workflows.ts";
import { formatDuration } from "../print/duration.ts";
import { formatTable } from "../print/table.ts";
import { PHASE_MARKS } from "./node-tree.ts";
import type { Palette } from "./node-tree.ts";

export interface WorkflowTableOptions {
  readonly nowMs: number;
  readonly withNamespace: boolean;
  readonly palette: Palette;
}

const HEADS = ["NAME", "STATUS", "AGE", "DURATION", "PROGRESS", "MESSAGE"];
const LONGEST_MESSAGE = 80;

/** Workflows as a table, a line for each. */
export function workflowTable(workflows: readonly KubeObject[], options: WorkflowTableOptions): string {
  const rows = workflows.map((workflow) => {
    const { namespace = "" } = workflow.metadata;
    return options.withNamespace ? [namespace, ...rowOf(workflow, options)] : rowOf(workflow, options);
  });
  return formatTable(options.withNamespace ? ["NAMESPACE", ...HEADS] : HEADS, rows);
}

function rowOf(workflow: KubeObject, { nowMs, palette }: WorkflowTableOptions): readonly string[] {
  const status = statusOf(workflow);
  const phase = phaseOf(workflow);
  const { colour } = PHASE_MARKS[phase];
  const { name = "", creationTimestamp = "" } = workflow.metadata;
  const stateText = isWaiting(status) ? `${phase} (suspended)` : phase;
  return [
    name,
    palette[colour](stateText),
    since(creationTimestamp, nowMs),
    since(status.startedAt, isFulfilled(phase) ? Date.parse(status.finishedAt ?? "") : nowMs),
    status.progress ?? "-",
    shortened(status.message ?? ""),
  ];
}

/** Pending as long as nobody has looked at it. */
export function phaseOf(workflow: KubeObject): WorkflowPhase {
  return statusOf(workflow).phase ?? "Pending";
}

function isWaiting({ nodes = {}, phase }: WorkflowStatus): boolean {
  if (isFulfilled(phase)) return false;
  return Object.values(nodes).some(({ type, phase: nodePhase }) => type === "Suspend" && nodePhase === "Running");
}

function since(startedAt: string | undefined, nowMs: number): string {
  const durationMs = nowMs - Date.parse(startedAt ?? "");
  return Number.isNaN(durationMs) ? "-" : formatDuration(durationMs);
}

function shortened(message: string): string {
  const flat = message.replace(/\s+/g, " ");
  return flat.length > LONGEST_MESSAGE ? `${flat.slice(0, LONGEST_MESSAGE - 1)}…` : flat;
}
