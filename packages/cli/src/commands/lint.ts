import { readFile, stat } from "node:fs/promises";
import { readManifests } from "@outrigger/kube";
import type { Manifest } from "@outrigger/kube";
import type { ConfigMap } from "@outrigger/types";
import type { ClusterFlags } from "../cluster/connect.ts";
import { KnownObjects } from "../check/known-objects.ts";
import { checkManifest } from "../check/manifest.ts";
import { formatFinding, inOrder } from "../check/finding.ts";
import type { Finding } from "../check/finding.ts";
import { PluginInputs } from "../check/plugin-inputs.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { filesBelow, shown } from "../files.ts";
import { readInstalledPlugins, readInstalledWorkflowTemplates } from "../plugin/installed.ts";
import type { InstalledWorkflowTemplates } from "../plugin/installed.ts";
import { defaultPluginFolders, readPluginManifest } from "../plugin/folder.ts";
import type { ProgramContext } from "../program-context.ts";
import { UserError } from "../user-error.ts";

export interface LintOptions {
  /** Files, folders (all manifests below) and `-` for standard input. */
  readonly files: readonly string[];
  /** Folders; undefined takes those below ./plugins and beside the files. */
  readonly plugins: readonly string[] | undefined;
  /** Also know the plugins and WorkflowTemplates of this cluster. */
  readonly cluster: ClusterFlags | undefined;
  readonly output: "text" | "json";
}

/** Checks what the controller and the plugins would, before anything is submitted. */
export async function lint(options: LintOptions, context: ProgramContext): Promise<ExitCode> {
  const { terminal, stdin } = context;
  const sources = (await Promise.all(options.files.map((file) => readSources(file, stdin)))).flat();
  const installed = await readInstalled(options.cluster, context);
  const inputs = await PluginInputs.of([...(await readPlugins(options)), ...installed.plugins]);
  if (inputs.problems.length > 0) throw new UserError(inputs.problems.join("\n"));
  const files = sources.map(({ file, text }) => ({ file, read: readManifests(text, file) }));
  const manifests = files.flatMap(({ read }) => (read.ok ? read.value : []));
  const known = new KnownObjects(
    inputs,
    manifests.map(({ value }) => value),
    installed.workflowTemplates,
  );
  const findings = files.flatMap(({ file, read }) =>
    read.ok
      ? checkFile(file, read.value, known)
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

async function readPlugins({ files, plugins }: LintOptions): Promise<readonly ConfigMap[]> {
  const folders = plugins ?? (await defaultPluginFolders(files.filter((file) => file !== STDIN)));
  return Promise.all(folders.map(async (folder) => (await readPluginManifest(folder)).configMap));
}

interface Installed {
  readonly plugins: readonly ConfigMap[];
  readonly workflowTemplates: InstalledWorkflowTemplates | undefined;
}

async function readInstalled(flags: ClusterFlags | undefined, context: ProgramContext): Promise<Installed> {
  if (flags === undefined) return { plugins: [], workflowTemplates: undefined };
  const { withCluster } = await import("../cluster/connect.ts");
  return withCluster(flags, context, async (cluster) => ({
    plugins: await readInstalledPlugins(cluster),
    workflowTemplates: await readInstalledWorkflowTemplates(cluster),
  }));
}

function checkFile(file: string, manifests: readonly Manifest[], known: KnownObjects): readonly Finding[] {
  const findings = manifests.flatMap((manifest) =>
    checkManifest(manifest, known.contextOf(manifest.value)).map((remark) => ({
      ...remark,
      file,
      ...manifest.positionOf(remark.path),
    })),
  );
  return inOrder(findings);
}
