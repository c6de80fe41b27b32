import { isCompleted, isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import type { TaskSetView } from "./task-ledger.ts";

/** Whether the task set still wants something of this agent. */
export function isOver(taskSet: KubeObject, workflowUid: string): boolean {
  const { uid = workflowUid } = workflowOf(taskSet) ?? {};
  // Another uid: the Workflow was deleted, and another of its name has come.
  return isCompleted(taskSet.metadata) || uid !== workflowUid;
}

/** The Workflow that a task set belongs to, as the controller says. */
export function workflowOf({ metadata }: KubeObject): { readonly name: string; readonly uid: string } | undefined {
  return metadata.ownerReferences?.find(({ kind }) => kind === "Workflow");
}

/** The parts that matter, unread: what is wrong with one task must not hide the others. */
export function viewOf(taskSet: KubeObject): TaskSetView {
  return { tasks: recordAt(taskSet["spec"], "tasks"), results: recordAt(taskSet["status"], "nodes") };
}

function recordAt(value: unknown, field: string): JsonObject {
  const found = isJsonObject(value) ? value[field] : undefined;
  return isJsonObject(found) ? found : {};
}
