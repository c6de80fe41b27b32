import type { TemplateCall, TemplateRef, Workflow, WorkflowTemplateRef } from "@outrigger/types";

/**
 * Where the name of a template is looked up, written as Argo writes it into nodes: `local/<workflow>`, `namespaced/<name>` for a
 * WorkflowTemplate, `cluster/<name>` for a ClusterWorkflowTemplate.
 */
export type TemplateScope = string;

/** What a call says of its template. */
export type Callee = Pick<TemplateCall, "template" | "inline" | "templateRef">;

const LOCAL = "local/";
const KINDS: Readonly<Record<string, string>> = {
  namespaced: "workflow template",
  cluster: "cluster workflow template",
};

export function localScope({ metadata }: Pick<Workflow, "metadata">): TemplateScope {
  return `${LOCAL}${metadata.name ?? ""}`;
}

export function scopeOf({ name, clusterScope }: WorkflowTemplateRef): TemplateScope {
  return `${clusterScope === true ? "cluster" : "namespaced"}/${name}`;
}

/** The WorkflowTemplate of a scope that is not local. */
export function workflowTemplateOf(scope: TemplateScope): WorkflowTemplateRef {
  const name = scope.slice(scope.indexOf("/") + 1);
  return scope.startsWith("cluster/") ? { name, clusterScope: true } : { name };
}

/** The scope in which a template that is called from another one looks up names itself. */
export function scopeWithin(callee: Callee, outer: TemplateScope): TemplateScope {
  return callee.templateRef === undefined ? outer : scopeOf(callee.templateRef);
}

/** The key of a template in `status.storedTemplates`; undefined for what the Workflow itself holds. */
export function storedKey({ inline, template, templateRef }: Callee, outer: TemplateScope): string | undefined {
  if (inline !== undefined) return undefined;
  if (templateRef !== undefined) return `${scopeOf(templateRef)}/${templateRef.template}`;
  return outer.startsWith(LOCAL) ? undefined : `${outer}/${template ?? ""}`;
}

/** The scope of a key of `status.storedTemplates`. */
export function scopeOfKey(key: string): TemplateScope {
  return key.slice(0, key.lastIndexOf("/"));
}

/** For messages: `templates.say`, or `workflow template build: templates.say`. */
export function templatePlace(scope: TemplateScope, name: string): string {
  const [kind = "", owner = ""] = scope.split("/", 2);
  const known = KINDS[kind];
  return known === undefined ? `templates.${name}` : `${known} ${owner}: templates.${name}`;
}

/** For messages: the name that a call gives its template. */
export function calleeName({ template, templateRef }: Callee): string {
  return templateRef === undefined ? (template ?? "") : templateRef.template;
}

/** As Kubernetes says it: `workflowtemplates.argoproj.io "nowhere" not found`. */
export function notFound({ name, clusterScope }: WorkflowTemplateRef): string {
  return `${clusterScope === true ? "clusterworkflowtemplates" : "workflowtemplates"}.argoproj.io "${name}" not found`;
}

export function refText({ name, template }: TemplateRef): string {
  return `${name}.${template}`;
}
