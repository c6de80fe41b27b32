import type { Workflow, WorkflowTemplateRef } from "@outrigger/types";
import type { WorkflowTemplates } from "../world.ts";
import { collectTemplates } from "./collect-templates.ts";

/** A Workflow with all that it refers to. */
export interface ResolvedWorkflow {
  /** As it is run: what it refers to stands in `status.storedTemplates`. */
  readonly workflow: Workflow;
  /** Why there is no template of a key of `status.storedTemplates`. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** WorkflowTemplates that are not known. */
  readonly absent: readonly WorkflowTemplateRef[];
}

const NOTHING: Pick<ResolvedWorkflow, "unresolved" | "absent"> = { unresolved: new Map(), absent: [] };

/**
 * Brings in what a Workflow refers to, once, when it begins. From then on it runs what it has stored: a later change of a
 * WorkflowTemplate does not reach it.
 */
export function resolveWorkflow(
  workflow: Workflow,
  workflowTemplates: WorkflowTemplates = new Map(),
): ResolvedWorkflow {
  if (workflow.status?.phase !== undefined) return { workflow, ...NOTHING };
  const { stored, ...rest } = collectTemplates(workflow, workflowTemplates);
  if (Object.keys(stored).length === 0) return { workflow, ...rest };
  return { workflow: { ...workflow, status: { ...workflow.status, storedTemplates: stored } }, ...rest };
}
