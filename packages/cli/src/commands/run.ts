import { formatManifestIssue, locateIssues, toYaml } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { isFulfilled } from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";
import { PluginInputs } from "../check/plugin-inputs.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { followWorkflows, statusOf, viewOf } from "../follow-workflows.ts";
import { createTerminalLogger } from "../log-line.ts";
import { submitWorkflows } from "../submit-workflows.ts";
import { startLocalSession } from "../local-session.ts";
import type { LocalSession } from "../local-session.ts";
import type { OutputFormat } from "../output-format.ts";
import { defaultPluginFolders, readPluginFolder } from "../plugin/folder.ts";
import type { PluginFolder } from "../plugin/folder.ts";
import type { ProgramContext } from "../program.ts";
import { createLiveView } from "../render/live-view.ts";
import { UserError } from "../user-error.ts";
import { parseParameters, readWorkflowFiles } from "../workflow-files.ts";
import type { WorkflowDraft } from "../workflow-files.ts";

export interface RunOptions {
  readonly files: readonly string[];
  /** Folders; undefined takes those below ./plugins and beside the files. */
  readonly plugins: readonly string[] | undefined;
  /** `name=value` each. */
  readonly parameters: readonly string[];
  readonly timeoutMs: number;
  readonly output: OutputFormat;
  readonly verbose: boolean;
}

const REDRAW_MS = 1_000; // so that the time of a step that runs is seen to pass

/** Runs workflows on an embedded cluster that lives as long as they do. */
export async function run(options: RunOptions, context: ProgramContext): Promise<ExitCode> {
  const { workflows: drafts, others } = await readWorkflowFiles(options.files, parseParameters(options.parameters));
  const workflows = drafts.map(({ workflow }) => workflow);
  const reading = readPlugins(options); // bundling takes as long as the start of the cluster: both at once
  reading.catch(() => {}); // awaited below
  const logger = createTerminalLogger(context.terminal, options.verbose ? "info" : "silent");
  const session = await startLocalSession({ logger, hostEnv: context.env });
  try {
    const namespaces = new Set(workflows.map(({ metadata }) => metadata.namespace ?? "default"));
    const plugins = await reading;
    await checkInputs(drafts, plugins);
    await session.install(plugins, [...namespaces]);
    await session.apply(others);
    return await submitAndFollow(workflows, session, { options, context });
  } finally {
    await session.stop();
  }
}

interface Run {
  readonly options: RunOptions;
  readonly context: ProgramContext;
}

async function readPlugins({ files, plugins }: RunOptions): Promise<readonly PluginFolder[]> {
  const folders = plugins ?? (await defaultPluginFolders(files));
  return Promise.all(folders.map((folder) => readPluginFolder(folder)));
}

// A plugin that says what it takes is taken at its word, before anything starts.
async function checkInputs(drafts: readonly WorkflowDraft[], plugins: readonly PluginFolder[]): Promise<void> {
  const inputs = await PluginInputs.of(plugins.map(({ configMap }) => configMap));
  const findings = drafts.flatMap(({ workflow, manifest }) =>
    locateIssues(
      manifest,
      inputs.check(workflow.spec, "spec").filter(({ severity }) => severity === "error"),
    ),
  );
  const problems = [...inputs.problems, ...findings.map(formatManifestIssue)];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

async function submitAndFollow(workflows: readonly Workflow[], session: LocalSession, run: Run): Promise<ExitCode> {
  const { options, context } = run;
  const refs = await submitWorkflows(workflows, session.client);
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const ended = await follow(refs, session.client, { ...run, signal });
  if (options.output !== "tree") print(ended, options.output, context);
  if (context.signal.aborted) return EXIT_CODES.interrupted;
  const phases = ended.map((workflow) => statusOf(workflow).phase);
  if (phases.some((phase) => !isFulfilled(phase))) {
    const { err, palette } = context.terminal;
    err(
      `${palette.red("error:")} not ended after ${options.timeoutMs / 1_000}s (--timeout); what a step waits for stands beside it\n`,
    );
  }
  return phases.every((phase) => phase === "Succeeded") ? EXIT_CODES.success : EXIT_CODES.failed;
}

async function follow(
  refs: readonly ObjectRef[],
  client: KubeClient,
  { options, context, signal }: Run & { readonly signal: AbortSignal },
): Promise<readonly KubeObject[]> {
  if (options.output !== "tree") return followWorkflows({ client, refs, onChange: () => {}, signal });
  const view = createLiveView(context.terminal);
  let latest: Parameters<typeof view.update>[0] = [];
  const redraw = setInterval(() => view.update(latest, Date.now()), REDRAW_MS);
  try {
    const onChange = (views: typeof latest): void => {
      latest = views;
      view.update(views, Date.now());
    };
    const ended = await followWorkflows({ client, refs, onChange, signal });
    view.finish(ended.map(viewOf), Date.now());
    return ended;
  } finally {
    clearInterval(redraw);
  }
}

function print(
  workflows: readonly KubeObject[],
  output: Exclude<OutputFormat, "tree">,
  { terminal }: ProgramContext,
): void {
  // The order in which people read and write them.
  const items = workflows.map(({ apiVersion, kind, metadata, ...rest }) => ({ apiVersion, kind, metadata, ...rest }));
  const [first, ...more] = items;
  const whole = more.length === 0 ? first : { apiVersion: "v1", kind: "List", items };
  const formats: Readonly<Record<typeof output, () => string>> = {
    json: () => `${JSON.stringify(whole, null, 2)}\n`,
    yaml: () => toYaml(whole),
    name: () => workflows.map(({ metadata }) => `workflow.argoproj.io/${metadata.name ?? ""}\n`).join(""),
  };
  terminal.out(formats[output]());
}
