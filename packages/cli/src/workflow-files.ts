import { readFile } from "node:fs/promises";
import { withArguments } from "@outrigger/engine";
import { formatManifestIssue, locateIssues, readManifests } from "@outrigger/kube";
import type { Manifest } from "@outrigger/kube";
import { kubeObjectParser, workflowParser } from "@outrigger/types";
import type { JsonObject, KubeObject, Workflow } from "@outrigger/types";
import type { Remark } from "./check/finding.ts";
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

/** What is known about what the files are for. */
export interface CheckOptions {
  readonly parameters: ParameterArguments;
  /** The cluster has nothing but what stands in these files; otherwise it may have WorkflowTemplates that they refer to. Default: true. */
  readonly isComplete?: boolean;
}

/** Standard input, which the file `-` stands for. */
export type Stdin = () => Promise<string>;
const STDIN = "-";

/** Reads the files, sets the parameters and checks every Workflow; all that is wrong comes as one UserError, with file and line. */
export async function readWorkflowFiles(
  files: readonly string[],
  { stdin, ...options }: CheckOptions & { readonly stdin?: Stdin },
): Promise<WorkflowFiles> {
  const manifests = (await Promise.all(files.map((file) => readManifestFile(file, stdin)))).flat();
  if (!manifests.some(isWorkflow)) throw new UserError(`${files.map(shown).join(", ")}: no Workflow in there`);
  return checkWorkflows(manifests, options);
}

/** The same of manifests that have been read already. */
export function checkWorkflows(
  manifests: readonly Manifest[],
  { parameters, isComplete = true }: CheckOptions,
): WorkflowFiles {
  const drafts = manifests.filter(isWorkflow);
  const isOpen = !isComplete && drafts.some(({ value }) => JSON.stringify(value).includes('"workflowTemplateRef"'));
  if (!isOpen) checkParametersAreKnown(manifests, parameters);
  const problems: string[] = [];
  const report = (manifest: Manifest, remarks: readonly Pick<Remark, "path" | "message">[]): void =>
    void problems.push(...locateIssues(manifest, remarks).map(formatManifestIssue));
  const objects = manifests.map(({ value }) => value);
  const prepare = (draft: Workflow): Workflow => ({ ...draft, spec: withArguments(draft.spec, parameters) });
  const workflows = drafts.flatMap((manifest) => {
    const workflowTemplates = workflowTemplatesIn(objects, metadataOf(manifest.value, "namespace"));
    const { workflow, remarks } = checkWorkflow(manifest, { workflowTemplates, isComplete }, prepare);
    report(
      manifest,
      remarks.filter(({ severity }) => severity === "error"),
    );
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
export async function readManifestFile(file: string, stdin?: Stdin): Promise<readonly Manifest[]> {
  const reading = file === STDIN && stdin !== undefined ? stdin() : readFile(file, "utf8");
  const text = await reading.catch((error: unknown) => {
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
  const mentioned = [...parameters.keys()].filter((name) => text.includes(`workflow.parameters.${name}`));
  checkParameterNames(parameters, [...declared, ...mentioned], declared);
}

/** Refuses a name that is not known; `declared`: those to show then. */
export function checkParameterNames(
  parameters: ParameterArguments,
  known: readonly string[],
  declared: readonly string[] = known,
): void {
  const unknown = [...parameters.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = declared.length === 0 ? "it declares none" : `declared: ${declared.join(", ")}`;
  throw new UserError(`-p ${unknown}: no such workflow parameter (${hint})`);
}

function declaredParameters(value: JsonObject): readonly string[] {
  const parsed = workflowParser(value, "");
  return parsed.ok ? (parsed.value.spec.arguments?.parameters ?? []).map(({ name }) => name) : [];
}

/** Reads `name=value` arguments of an option. */
export function parseAssignments(option: string, assignments: readonly string[]): ParameterArguments {
  return new Map(
    assignments.map((assignment) => {
      const at = assignment.indexOf("=");
      if (at < 1) throw new UserError(`${option} ${assignment}: must be name=value`);
      return [assignment.slice(0, at), assignment.slice(at + 1)] as const;
    }),
  );
}
