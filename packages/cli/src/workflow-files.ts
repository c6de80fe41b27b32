import { readFile } from "node:fs/promises";
import { validateWorkflow } from "@outrigger/engine";
import { formatManifestIssue, locateIssues, readManifests } from "@outrigger/kube";
import type { Manifest } from "@outrigger/kube";
import { ARGO_API_VERSION, kubeObjectParser, workflowParser } from "@outrigger/types";
import type { JsonObject, KubeObject, Parameter, Parser, Workflow } from "@outrigger/types";
import { shown } from "./plugin/folder.ts";
import { UserError } from "./user-error.ts";

/** What a set of manifest files asks for: Workflows to submit, and the objects that they need (Secrets, ConfigMaps). */
export interface WorkflowFiles {
  readonly workflows: readonly Workflow[];
  readonly others: readonly KubeObject[];
}

/** `-p name=value`, in order. */
export type ParameterArguments = ReadonlyMap<string, string>;

/** Reads the files, sets the parameters and checks every Workflow; all that is wrong comes as one UserError, with file and line. */
export async function readWorkflowFiles(
  files: readonly string[],
  parameters: ParameterArguments,
): Promise<WorkflowFiles> {
  const manifests = (await Promise.all(files.map(readFileManifests))).flat();
  const isWorkflow = ({ value }: Manifest): boolean => value["kind"] === "Workflow";
  const drafts = manifests.filter(isWorkflow);
  if (drafts.length === 0) throw new UserError(`${files.map(shown).join(", ")}: no Workflow in there`);
  checkParametersAreKnown(drafts, parameters);
  const problems: string[] = [];
  const workflows = drafts.flatMap((manifest) => {
    const workflow = checked(manifest, workflowParser, problems);
    return workflow === undefined ? [] : [withParameters(workflow, parameters)];
  });
  workflows.forEach((workflow, index) => {
    const manifest = drafts[index];
    if (manifest === undefined) return;
    problems.push(...locateIssues(manifest, validateWorkflow(workflow)).map(formatManifestIssue));
  });
  const others = manifests
    .filter((manifest) => !isWorkflow(manifest))
    .flatMap((manifest) => checked(manifest, kubeObjectParser, problems) ?? []);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return { workflows, others };
}

async function readFileManifests(file: string): Promise<readonly Manifest[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${shown(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const read = readManifests(text, shown(file));
  if (!read.ok) throw new UserError(read.issues.map(formatManifestIssue).join("\n"));
  for (const manifest of read.value) checkApiVersion(manifest);
  return read.value;
}

function checkApiVersion({ value, file, line }: Manifest): void {
  if (value["kind"] !== "Workflow" || value["apiVersion"] === ARGO_API_VERSION) return;
  const got = JSON.stringify(value["apiVersion"]);
  throw new UserError(`${file}:${line}: apiVersion of a Workflow must be ${ARGO_API_VERSION}, not ${got}`);
}

function checked<T>(manifest: Manifest, parser: Parser<T>, problems: string[]): T | undefined {
  const parsed = parser(manifest.value, "");
  if (parsed.ok) return parsed.value;
  problems.push(...locateIssues(manifest, parsed.issues).map(formatManifestIssue));
  return undefined;
}

// A name that no Workflow declares or mentions is a slip of the pen, and would otherwise do nothing without a word.
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
