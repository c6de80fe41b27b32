import { readFile } from "node:fs/promises";
import { formatManifestIssue, locateIssues, readManifests } from "@outrigger/kube";
import type { Manifest } from "@outrigger/kube";
import { kubeObjectParser, workflowParser } from "@outrigger/types";
import type { Issue, JsonObject, KubeObject, Parameter, Workflow } from "@outrigger/types";
import { checkWorkflow, isWorkflow } from "./check/workflow-manifest.ts";
import { metadataOf, workflowTemplatesIn } from "./check/workflow-templates.ts";
import { shown } from "./files.ts";
import { UserError } from "./user-error.ts";

/** A Workflow to submit, and where it stands. */
export interface WorkflowDraft {
  readonly workflow: Workflow;
  readonly manifest: Manifest;
}

/** What a set of manifest files asks for: Workflows to submit, and the objects that they need (Secrets, ConfigMaps). */
export interface WorkflowFiles {
  readonly workflows: readonly WorkflowDraft[];
  readonly others: readonly KubeObject[];
}

/** `-p name=value`, in order. */
export type ParameterArguments = ReadonlyMap<string, string>;

/** Reads the files, sets the parameters and checks every Workflow; all that is wrong comes as one UserError, with file and line. */
export async function readWorkflowFiles(
  files: readonly string[],
  parameters: ParameterArguments,
): Promise<WorkflowFiles> {
  const manifests = (await Promise.all(files.map(readManifestFile))).flat();
  if (!manifests.some(isWorkflow)) throw new UserError(`${files.map(shown).join(", ")}: no Workflow in there`);
  return checkWorkflows(manifests, parameters);
}

/** The same of manifests that have been read already. */
export function checkWorkflows(manifests: readonly Manifest[], parameters: ParameterArguments): WorkflowFiles {
  const drafts = manifests.filter(isWorkflow);
  checkParametersAreKnown(manifests, parameters);
  const problems: string[] = [];
  const report = (manifest: Manifest, issues: readonly Issue[]): void =>
    void problems.push(...locateIssues(manifest, issues).map(formatManifestIssue));
  // They are submitted to a cluster of their own, which has nothing but what stands in these files.
  const objects = manifests.map(({ value }) => value);
  const workflows = drafts.flatMap((manifest) => {
    const workflowTemplates = workflowTemplatesIn(objects, metadataOf(manifest.value, "namespace"));
    const references = { workflowTemplates, isComplete: true };
    const { workflow, remarks } = checkWorkflow(manifest, references, (draft) => withParameters(draft, parameters));
    report(manifest, remarks);
    return workflow === undefined ? [] : [{ workflow, manifest }];
  });
  const others = manifests
    .filter((manifest) => !isWorkflow(manifest))
    .flatMap((manifest) => {
      const parsed = kubeObjectParser(manifest.value, "");
      if (!parsed.ok) report(manifest, parsed.issues);
      return parsed.ok ? [parsed.value] : [];
    });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return { workflows, others };
}

/** All objects of a file; what is wrong with it comes as a UserError. */
export async function readManifestFile(file: string): Promise<readonly Manifest[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${shown(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const read = readManifests(text, shown(file));
  if (!read.ok) throw new UserError(read.issues.map(formatManifestIssue).join("\n"));
  return read.value;
}

// A name that no Workflow or WorkflowTemplate declares or mentions is a slip of the pen, and would otherwise do nothing without a word.
function checkParametersAreKnown(manifests: readonly Manifest[], parameters: ParameterArguments): void {
  const text = JSON.stringify(manifests.map(({ value }) => value));
  const declared = manifests.flatMap(({ value }) => declaredParameters(value));
  for (const name of parameters.keys()) {
    if (declared.includes(name) || text.includes(`workflow.parameters.${name}`)) continue;
    const known = declared.length === 0 ? "it declares none" : `declared: ${declared.join(", ")}`;
    throw new UserError(`-p ${name}: no such workflow parameter (${known})`);
  }
}

function declaredParameters(value: JsonObject): readonly string[] {
  const parsed = workflowParser(value, "");
  return parsed.ok ? (parsed.value.spec.arguments?.parameters ?? []).map(({ name }) => name) : [];
}

function withParameters(workflow: Workflow, parameters: ParameterArguments): Workflow {
  if (parameters.size === 0) return workflow;
  const given = workflow.spec.arguments?.parameters ?? [];
  const changed = given.map((parameter): Parameter => {
    const value = parameters.get(parameter.name);
    return value === undefined ? parameter : { ...parameter, value };
  });
  const added = [...parameters]
    .filter(([name]) => !given.some((parameter) => parameter.name === name))
    .map(([name, value]) => ({ name, value }));
  const parametersNow = [...changed, ...added];
  return {
    ...workflow,
    spec: { ...workflow.spec, arguments: { ...workflow.spec.arguments, parameters: parametersNow } },
  };
}

/** Reads `name=value` arguments. */
export function parseParameters(assignments: readonly string[]): ParameterArguments {
  return new Map(
    assignments.map((assignment) => {
      const at = assignment.indexOf("=");
      if (at < 1) throw new UserError(`-p ${assignment}: must be name=value`);
      return [assignment.slice(0, at), assignment.slice(at + 1)] as const;
    }),
  );
}
