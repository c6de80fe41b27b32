import { LABEL_CLUSTER_WORKFLOW_TEMPLATE, LABEL_WORKFLOW_TEMPLATE } from "@outrigger/types";
import type { ObjectMeta, Workflow } from "@outrigger/types";
import { evaluateExpression } from "../expressions/evaluate.ts";
import { surroundingsIn } from "../expressions/expression-tag.ts";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Scope } from "../scope/scope.ts";
import { workflowScope } from "../scope/workflow-scope.ts";
import { labelValueProblem, metadataNameProblem } from "./label-rules.ts";

type Map = Readonly<Record<string, string>>;

const PLACE = "spec.workflowMetadata";

/** The Workflow with the labels and annotations that its spec gives it; its own of the same name give way. */
export function withSpecMetadata(workflow: Workflow): Outcome<Workflow> {
  const { workflowMetadata: { annotations = {}, labels = {}, labelsFrom = {} } = {} } = workflow.spec;
  const referring = withMetadata(workflow, { labels: referenceLabels(workflow) });
  const written = { annotations: replaced(annotations, referring), labels: replaced(labels, referring) };
  const labelled = withMetadata(referring, written);
  const computed = computedLabels(labelsFrom, scopeOf(labelled));
  if (!computed.ok) return computed;
  const problem = problemOf({ ...written.labels, ...computed.value }, written.annotations);
  return problem === undefined ? succeeded(withMetadata(labelled, { labels: computed.value })) : failed(problem);
}

// A name that is too long for a label is left out: it also stands in the spec.
function referenceLabels({ spec: { workflowTemplateRef: ref } }: Workflow): Map {
  if (ref === undefined || labelValueProblem(ref.name) !== undefined) return {};
  return { [ref.clusterScope === true ? LABEL_CLUSTER_WORKFLOW_TEMPLATE : LABEL_WORKFLOW_TEMPLATE]: ref.name };
}

function withMetadata(workflow: Workflow, added: Pick<ObjectMeta, "labels" | "annotations">): Workflow {
  const metadata: Record<string, unknown> = { ...workflow.metadata };
  for (const field of ["labels", "annotations"] as const) {
    if (Object.keys(added[field] ?? {}).length > 0) metadata[field] = { ...workflow.metadata[field], ...added[field] };
  }
  return { ...workflow, metadata };
}

function replaced(values: Map, workflow: Workflow): Map {
  return new Substitution(scopeOf(workflow), "lenient").json(values, PLACE) as Map;
}

function scopeOf(workflow: Workflow): Scope {
  const parameters = workflow.spec.arguments?.parameters ?? [];
  return workflowScope({ workflow, parameters, status: "", elapsedMs: 0 });
}

function computedLabels(
  sources: Readonly<Record<string, { readonly expression: string }>>,
  scope: Scope,
): Outcome<Map> {
  const computed: Record<string, string> = {};
  for (const [name, { expression }] of Object.entries(sources)) {
    const place = `${PLACE}.labelsFrom.${name}`;
    const result = evaluateExpression(expression, surroundingsIn(scope, place), place);
    if (!result.ok) return result;
    if (typeof result.value !== "string") return failed(`${place}: expression '${expression}' must give text`);
    computed[name] = result.value;
  }
  return succeeded(computed);
}

function problemOf(labels: Map, annotations: Map): string | undefined {
  for (const name of [...Object.keys(labels), ...Object.keys(annotations)]) {
    const problem = metadataNameProblem(name);
    if (problem !== undefined) return `${PLACE}: invalid name "${name}": ${problem}`;
  }
  for (const [name, value] of Object.entries(labels)) {
    const problem = labelValueProblem(value);
    if (problem !== undefined) return `${PLACE}: invalid label value "${value}" for label "${name}": ${problem}`;
  }
  return undefined;
}
