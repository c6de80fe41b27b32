import { isCompleted, isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import type { TaskSetView } from "./task-ledger.ts";

/** Whether the task set still wants something of this agent. */
export function isOver({ metadata }: KubeObject, workflowUid: string): boolean {
  return isCompleted(metadata) || belongsToNamesake(metadata.ownerReferences ?? [], workflowUid);
}

// The Workflow was deleted, and another of its name has come.
function belongsToNamesake(
  owners: readonly { readonly kind: string; readonly uid: string }[],
  workflowUid: string,
): boolean {
  const workflow = owners.find(({ kind }) => kind === "Workflow");
  return workflow !== undefined && workflow.uid !== workflowUid;
}

/** The parts that matter, unread: what is wrong with one task must not hide the others. */
export function viewOf(taskSet: KubeObject): TaskSetView {
  return { tasks: recordAt(taskSet["spec"], "tasks"), results: recordAt(taskSet["status"], "nodes") };
}

function recordAt(value: unknown, field: string): JsonObject {
  const found = isJsonObject(value) ? value[field] : undefined;
  return isJsonObject(found) ? found : {};
}
