import { readFile, stat } from "node:fs/promises";
import type { WorkflowTemplates } from "@outrigger/engine";
import { readManifests } from "@outrigger/kube";
import type { Manifest } from "@outrigger/kube";
import { executorPluginParser } from "@outrigger/types";
import type { ConfigMap } from "@outrigger/types";
import { formatFinding, inOrder } from "../check/finding.ts";
import type { Finding, Remark } from "../check/finding.ts";
import { PluginInputs } from "../check/plugin-inputs.ts";
import { valuesOf, workflowTemplatesIn } from "../check/workflow-templates.ts";
import { checkWorkflow } from "../check/workflow-manifest.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { filesBelow, shown } from "../files.ts";
import { readInstalledPlugins } from "../plugin/installed.ts";
import { defaultPluginFolders, readPluginManifest } from "../plugin/folder.ts";
import type { ProgramContext } from "../program.ts";
import { UserError } from "../user-error.ts";

export interface LintOptions {
  /** Files, folders (all manifests below) and `-` for standard input. */
  readonly files: readonly string[];
  /** Folders; undefined takes those below ./plugins and beside the files. */
  readonly plugins: readonly string[] | undefined;
  /** Also the plugins that are installed in the cluster of the kubeconfig. */
  readonly cluster: boolean;
  readonly output: "text" | "json";
}

/** Checks what the controller and the plugins would, before anything is submitted. */
export async function lint(options: LintOptions, context: ProgramContext): Promise<ExitCode> {
  const { terminal, stdin } = context;
  const sources = (await Promise.all(options.files.map((file) => readSources(file, stdin)))).flat();
  const inputs = await PluginInputs.of(await readPlugins(options, context));
  if (inputs.problems.length > 0) throw new UserError(inputs.problems.join("\n"));
  const files = sources.map(({ file, text }) => ({ file, read: readManifests(text, file) }));
  const manifests = files.flatMap(({ read }) => (read.ok ? read.value : []));
  const check: CheckContext = { inputs, workflowTemplates: workflowTemplatesIn(valuesOf(manifests)) };
  const findings = files.flatMap(({ file, read }) =>
    read.ok
      ? checkFile(file, read.value, check)
      : read.issues.map((issue): Finding => ({ ...issue, severity: "error" })),
  );
  if (options.output === "json") terminal.out(`${JSON.stringify(findings, null, 2)}\n`);
  else for (const finding of findings) terminal.out(`${formatFinding(finding)}\n`);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const counts = `${sources.length} files, ${errors} errors, ${findings.length - errors} warnings`;
  terminal.err(`${counts}\n`);
  return errors === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
}

const STDIN = "-";

interface Source {
  readonly file: string;
  readonly text: string;
}

const MANIFEST_FILE = /\.(ya?ml|json)$/;
// In a folder, only files that speak of us: the others are none of our business.
const OURS = /argoproj\.io\//;

async function readSources(path: string, stdin: ProgramContext["stdin"]): Promise<readonly Source[]> {
  if (path === STDIN) return [{ file: STDIN, text: await stdin() }];
  const info = await stat(path).catch((error: unknown) => {
    throw new UserError(`${shown(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!info.isDirectory()) return [await readSource(path)];
  const files = await filesBelow(path, (name) => MANIFEST_FILE.test(name));
  return (await Promise.all(files.map(readSource))).filter(({ text }) => OURS.test(text));
}

async function readSource(path: string): Promise<Source> {
  return { file: shown(path), text: await readFile(path, "utf8") };
}

async function readPlugins(options: LintOptions, { env }: ProgramContext): Promise<readonly ConfigMap[]> {
  const { files, plugins, cluster } = options;
  const folders = plugins ?? (await defaultPluginFolders(files.filter((file) => file !== STDIN)));
  const here = folders.map(async (folder) => (await readPluginManifest(folder)).configMap);
  return [...(await Promise.all(here)), ...(cluster ? await readInstalledPlugins(env) : [])];
}

/** What checks look at beside the manifest. */
interface CheckContext {
  readonly inputs: PluginInputs;
  readonly workflowTemplates: WorkflowTemplates;
}

function checkFile(file: string, manifests: readonly Manifest[], context: CheckContext): readonly Finding[] {
  const findings = manifests.flatMap((manifest) => {
    const { kind } = manifest.value;
    const remarks = typeof kind === "string" ? (CHECKS[kind]?.(manifest, context) ?? []) : [];
    return remarks.map((remark) => ({ ...remark, file, ...manifest.positionOf(remark.path) }));
  });
  return inOrder(findings);
}

// Kinds without a row are for the API server to check.
const CHECKS: Readonly<Record<string, (manifest: Manifest, context: CheckContext) => readonly Remark[]>> = {
  Workflow(manifest, { inputs, workflowTemplates }) {
    const { workflow, issues } = checkWorkflow(manifest, workflowTemplates);
    return [...asErrors(issues), ...(workflow === undefined ? [] : inputs.check(workflow.spec, "spec"))];
  },
  ExecutorPlugin(manifest) {
    const parsed = executorPluginParser(manifest.value, "");
    return parsed.ok ? [] : asErrors(parsed.issues);
  },
};

function asErrors(issues: readonly Pick<Remark, "path" | "message">[]): readonly Remark[] {
  return issues.map(({ path, message }) => ({ path, message, severity: "error" }));
}
