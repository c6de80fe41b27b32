import type { ApiCall } from "./observe.ts";
import { WORKFLOW_TASK_SETS } from "./resources.ts";
import type { Resource } from "./resources.ts";

/** What a process asks the API for, and why: a line of its Role. */
export interface Permission {
  readonly resource: Resource;
  readonly subresource?: string;
  readonly verbs: readonly ApiCall["verb"][];
  readonly why: string;
}

/** What it takes to serve a task set: every agent asks for it, and nothing else as long as its tasks name no Secrets. */
export const TASK_SET_PERMISSIONS: readonly Permission[] = [
  { resource: WORKFLOW_TASK_SETS, verbs: ["list", "watch"], why: "sees the tasks of its Workflow" },
  { resource: WORKFLOW_TASK_SETS, subresource: "status", verbs: ["patch"], why: "writes their results" },
];
