import { failed, scopeOf, succeeded } from "@outrigger/engine";
import type { Outcome, WorkflowTemplates } from "@outrigger/engine";
import type { Manifest } from "@outrigger/kube";
import { formatIssues, isJsonObject, workflowTemplateParser } from "@outrigger/types";
import type { JsonObject, WorkflowSpec } from "@outrigger/types";

/** The kinds whose templates Workflows refer to. */
const WORKFLOW_TEMPLATE_KINDS: ReadonlySet<string> = new Set(["WorkflowTemplate", "ClusterWorkflowTemplate"]);

/** The WorkflowTemplates and ClusterWorkflowTemplates among some objects; of two with one name, the first. */
export function workflowTemplatesIn(objects: readonly JsonObject[]): WorkflowTemplates {
  const found = new Map<string, Outcome<WorkflowSpec>>();
  for (const object of objects.filter(isWorkflowTemplate)) {
    const scope = scopeOf({ name: nameOf(object), clusterScope: object["kind"] === "ClusterWorkflowTemplate" });
    const parsed = workflowTemplateParser(object, "");
    const spec = parsed.ok ? succeeded(parsed.value.spec) : failed(formatIssues(parsed.issues));
    if (!found.has(scope)) found.set(scope, spec);
  }
  return found;
}

export function valuesOf(manifests: readonly Manifest[]): readonly JsonObject[] {
  return manifests.map(({ value }) => value);
}

function isWorkflowTemplate({ kind }: JsonObject): boolean {
  return typeof kind === "string" && WORKFLOW_TEMPLATE_KINDS.has(kind);
}

function nameOf({ metadata }: JsonObject): string {
  const name = isJsonObject(metadata) ? metadata["name"] : undefined;
  return typeof name === "string" ? name : "";
}
