import { resolveWorkflow, validateWorkflow } from "@outrigger/engine";
import type { WorkflowTemplates } from "@outrigger/engine";
import type { Manifest } from "@outrigger/kube";
import { ARGO_API_VERSION, workflowParser } from "@outrigger/types";
import type { Issue, Workflow } from "@outrigger/types";

/** A Workflow as far as it can be read, and all that is wrong with it. */
export interface CheckedWorkflow {
  readonly workflow: Workflow | undefined;
  readonly issues: readonly Issue[];
}

export function isWorkflow({ value }: Manifest): boolean {
  return value["kind"] === "Workflow";
}

/** Checks all that the controller would. `prepare` changes the Workflow before it is checked as a whole. */
export function checkWorkflow(
  { value }: Manifest,
  workflowTemplates: WorkflowTemplates,
  prepare: (workflow: Workflow) => Workflow = (workflow) => workflow,
): CheckedWorkflow {
  if (value["apiVersion"] !== ARGO_API_VERSION) {
    const message = `must be ${ARGO_API_VERSION}, not ${JSON.stringify(value["apiVersion"])}`;
    return { workflow: undefined, issues: [{ path: "apiVersion", message }] };
  }
  const parsed = workflowParser(value, "");
  if (!parsed.ok) return { workflow: undefined, issues: parsed.issues };
  const workflow = prepare(parsed.value);
  const resolved = resolveWorkflow(workflow, { workflowTemplates });
  if (resolved.problem !== undefined) return { workflow, issues: [resolved.problem] };
  return { workflow, issues: validateWorkflow(resolved.workflow, resolved.unresolved) };
}
