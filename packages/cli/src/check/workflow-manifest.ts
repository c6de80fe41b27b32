import { openReferences, resolveWorkflow, validateWorkflow } from "@outrigger/engine";
import type { Manifest } from "@outrigger/kube";
import { ARGO_API_VERSION, workflowParser } from "@outrigger/types";
import type { Issue, JsonObject, Parser, Workflow } from "@outrigger/types";
import { asErrors } from "./finding.ts";
import type { Remark } from "./finding.ts";
import { openReferenceRemarks } from "./workflow-templates.ts";
import type { References } from "./workflow-templates.ts";

/** A Workflow as far as it can be read, and what is to be said of it. */
export interface CheckedWorkflow {
  readonly workflow: Workflow | undefined;
  readonly remarks: readonly Remark[];
}

export function isWorkflow({ value }: Manifest): boolean {
  return value["kind"] === "Workflow";
}

/** Checks all that the controller would. `prepare` changes the Workflow before it is checked as a whole. */
export function checkWorkflow(
  { value }: Manifest,
  references: References,
  prepare: (workflow: Workflow) => Workflow = (workflow) => workflow,
): CheckedWorkflow {
  const parsed = readArgoObject(value, workflowParser);
  if (!parsed.ok) return { workflow: undefined, remarks: asErrors(parsed.issues) };
  const workflow = prepare(parsed.value);
  const remarks = [
    ...asErrors(issuesOf(workflow, references)),
    ...openReferenceRemarks(workflow.spec, "spec", references),
  ];
  return { workflow, remarks };
}

/** All that is wrong with a Workflow, or with the one that a CronWorkflow starts. */
export function issuesOf(workflow: Workflow, { workflowTemplates, isComplete }: References): readonly Issue[] {
  const resolved = resolveWorkflow(workflow, { workflowTemplates });
  const { problem } = resolved;
  if (problem !== undefined) {
    const isOpen = !isComplete && resolved.absent.length > 0 && problem.path === "spec.workflowTemplateRef";
    return isOpen ? [] : [problem];
  }
  const unresolved = isComplete ? resolved.unresolved : openReferences(resolved);
  return validateWorkflow(resolved.workflow, unresolved);
}

/** Reads an object of Argo's group. */
export function readArgoObject<T>(value: JsonObject, parser: Parser<T>): ReturnType<Parser<T>> {
  if (value["apiVersion"] === ARGO_API_VERSION) return parser(value, "");
  const message = `must be ${ARGO_API_VERSION}, not ${JSON.stringify(value["apiVersion"])}`;
  return { ok: false, issues: [{ path: "apiVersion", message }] };
}
