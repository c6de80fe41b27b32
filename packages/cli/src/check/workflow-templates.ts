import { failed, scopeOf, succeeded } from "@outrigger/engine";
import type { Outcome, WorkflowTemplates } from "@outrigger/engine";
import { formatIssues, isJsonObject, workflowTemplateParser } from "@outrigger/types";
import type { JsonObject, JsonValue, WorkflowSpec, WorkflowTemplateRef } from "@outrigger/types";
import type { Remark } from "./finding.ts";

/** Where references to WorkflowTemplates lead. */
export interface References {
  readonly workflowTemplates: WorkflowTemplates;
  /** What is not among them does not exist; otherwise it may well stand in a cluster that was not asked. */
  readonly isComplete: boolean;
}

const CLUSTER_KIND = "ClusterWorkflowTemplate";
const KINDS: ReadonlySet<string> = new Set(["WorkflowTemplate", CLUSTER_KIND]);

/** What a Workflow of this namespace sees of the WorkflowTemplates among some objects; of two with one name, the first. */
export function workflowTemplatesIn(objects: readonly JsonObject[], namespace?: string): WorkflowTemplates {
  const found = new Map<string, Outcome<WorkflowSpec>>();
  for (const object of objects.filter((candidate) => isVisible(candidate, namespace))) {
    const scope = scopeOf({ name: metadataOf(object, "name") ?? "", clusterScope: object["kind"] === CLUSTER_KIND });
    const parsed = workflowTemplateParser(object, "");
    const spec = parsed.ok ? succeeded(parsed.value.spec) : failed(formatIssues(parsed.issues));
    if (!found.has(scope)) found.set(scope, spec);
  }
  return found;
}

// A file that names no namespace is for any.
function isVisible(object: JsonObject, namespace: string | undefined): boolean {
  const { kind } = object;
  if (typeof kind !== "string" || !KINDS.has(kind)) return false;
  const own = metadataOf(object, "namespace");
  return kind === CLUSTER_KIND || own === undefined || namespace === undefined || own === namespace;
}

/** A text of an object's metadata. */
export function metadataOf({ metadata }: JsonObject, field: "name" | "namespace"): string | undefined {
  const value = isJsonObject(metadata) ? metadata[field] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Warns of references that lead out of what is known. */
export function openReferenceRemarks(
  spec: object,
  path: string,
  { workflowTemplates, isComplete }: References,
): readonly Remark[] {
  if (isComplete) return []; // they are errors, and reported as such
  return referencesIn(spec as JsonObject, path)
    .filter(({ ref }) => workflowTemplates.get(scopeOf(ref)) === undefined)
    .map(({ ref, at }) => ({ path: at, severity: "warning", message: unknown(ref) }));
}

function unknown({ name, clusterScope }: WorkflowTemplateRef): string {
  const kind = clusterScope === true ? CLUSTER_KIND : "WorkflowTemplate";
  return `leads to the ${kind} ${name}, which is not among these files: give its file too, or --cluster`;
}

interface Reference {
  readonly ref: WorkflowTemplateRef;
  readonly at: string;
}

// What stands below these is not ours to understand.
const FOREIGN: ReadonlySet<string> = new Set(["plugin", "arguments", "inputs", "outputs"]);

function referencesIn(value: JsonValue, path: string): readonly Reference[] {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items.flatMap((item, index) => referencesIn(item, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const at = `${path}.${key}`;
    if (FOREIGN.has(key)) return [];
    const ref = key === "templateRef" || key === "workflowTemplateRef" ? referenceOf(field) : undefined;
    return ref === undefined ? referencesIn(field, at) : [{ ref, at }];
  });
}

function referenceOf(value: JsonValue): WorkflowTemplateRef | undefined {
  if (!isJsonObject(value) || typeof value["name"] !== "string") return undefined;
  return { name: value["name"], clusterScope: value["clusterScope"] === true };
}
