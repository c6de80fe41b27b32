import { isFulfilled } from "@outrigger/types";
import type { Workflow, WorkflowPhase, WorkflowSpec, WorkflowTemplateRef } from "@outrigger/types";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { withConfigMapArguments } from "../config-maps/workflow-arguments.ts";
import type { WorkflowTemplates, World } from "../world.ts";
import { hasBegun } from "../by-hand/reopen.ts";
import { collectTemplates } from "./collect-templates.ts";
import { mergeSpec } from "./merge-spec.ts";
import { withSpecMetadata } from "./workflow-metadata.ts";
import { notFound, scopeOf } from "./template-scope.ts";

/** A Workflow with all that it refers to. */
export interface ResolvedWorkflow {
  /** As it is run: with the spec of its WorkflowTemplate; what else it refers to stands in `status.storedTemplates`. */
  readonly workflow: Workflow;
  /** Why it cannot be run at all. */
  readonly problem?: Problem;
  /** Why there is no template of a key of `status.storedTemplates`. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** WorkflowTemplates that are not known. */
  readonly absent: readonly WorkflowTemplateRef[];
}

export interface Problem {
  readonly phase: WorkflowPhase;
  readonly message: string;
  /** Of the field that leads to it. */
  readonly path: string;
}

/** What a Workflow may refer to. */
export type Sources = Pick<World, "workflowTemplates" | "configMaps">;

const NOTHING: Pick<ResolvedWorkflow, "unresolved" | "absent"> = { unresolved: new Map(), absent: [] };

/**
 * Brings in what a Workflow refers to, once, when it begins. From then on it runs what it has stored: a later change of a
 * WorkflowTemplate does not reach it.
 */
export function resolveWorkflow(submitted: Workflow, sources: Sources = {}): ResolvedWorkflow {
  const { workflowTemplates = new Map(), configMaps } = sources;
  const phase = submitted.status?.phase;
  const merged = withTemplateSpec(submitted, workflowTemplates);
  if (phase !== undefined && isFulfilled(phase)) return { workflow: merged.ok ? merged.value : submitted, ...NOTHING };
  if (!merged.ok) return unresolvable(submitted, merged.message, workflowTemplates);
  const supplied = withConfigMapArguments(merged.value, configMaps);
  if (!supplied.ok) {
    return { ...NOTHING, workflow: merged.value, problem: problemWith("spec.arguments", supplied.message) };
  }
  return hasBegun(submitted) ? { workflow: supplied.value, ...NOTHING } : begin(supplied.value, workflowTemplates);
}

function problemWith(path: string, message: string): Problem {
  return { phase: "Error", message, path };
}

function begin(workflow: Workflow, workflowTemplates: WorkflowTemplates): ResolvedWorkflow {
  const { stored, ...rest } = collectTemplates(workflow, workflowTemplates);
  const labelled = withSpecMetadata(workflow);
  if (!labelled.ok) {
    return { workflow, problem: problemWith("spec.workflowMetadata", labelled.message), ...rest };
  }
  if (Object.keys(stored).length === 0) return { workflow: labelled.value, ...rest };
  return { workflow: { ...labelled.value, status: { ...workflow.status, storedTemplates: stored } }, ...rest };
}

function unresolvable(workflow: Workflow, message: string, workflowTemplates: WorkflowTemplates): ResolvedWorkflow {
  const { workflowTemplateRef: ref } = workflow.spec;
  const absent = ref === undefined || workflowTemplates.get(scopeOf(ref)) !== undefined ? [] : [ref];
  return { workflow, problem: problemWith("spec.workflowTemplateRef", message), ...NOTHING, absent };
}

function withTemplateSpec(workflow: Workflow, workflowTemplates: WorkflowTemplates): Outcome<Workflow> {
  const { workflowTemplateRef: ref, templates = [] } = workflow.spec;
  const stored = workflow.status?.storedWorkflowTemplateSpec;
  if (ref === undefined) return succeeded(workflow);
  if (stored !== undefined) return succeeded({ ...workflow, spec: steered(stored, workflow.spec) });
  if (templates.length > 0) return failed(TWO_SOURCES);
  const template = workflowTemplates.get(scopeOf(ref));
  if (template === undefined) return failed(notFound(ref));
  const merged = template.ok ? mergeSpec(workflow.spec, template.value) : template;
  if (!merged.ok) return merged;
  const status = { ...workflow.status, storedWorkflowTemplateSpec: merged.value };
  return succeeded({ ...workflow, spec: merged.value, status });
}

const TWO_SOURCES =
  "spec.templates must not be set beside spec.workflowTemplateRef: the templates are those of the reference";

// What has been stored is run, but for the fields by which a Workflow that runs is steered.
function steered(stored: WorkflowSpec, { suspend, shutdown }: WorkflowSpec): WorkflowSpec {
  const { suspend: _suspend, shutdown: _shutdown, ...rest } = stored;
  return { ...rest, ...(suspend === undefined ? {} : { suspend }), ...(shutdown === undefined ? {} : { shutdown }) };
}
