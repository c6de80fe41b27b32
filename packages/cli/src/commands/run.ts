import { formatManifestIssue, locateIssues } from "@outrigger/kube";
import { isFulfilled } from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import { PluginInputs } from "../check/plugin-inputs.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { statusOf } from "../follow-workflows.ts";
import { createTerminalLogger } from "../log-line.ts";
import { submitWorkflows } from "../submit-workflows.ts";
import { startLocalSession } from "../local-session.ts";
import type { LocalSession } from "../local-session.ts";
import { defaultPluginFolders, readPluginFolder } from "../plugin/folder.ts";
import type { PluginFolder } from "../plugin/folder.ts";
import type { ProgramContext } from "../program-context.ts";
import { createLiveView, createQuietView } from "../render/live-view.ts";
import { exitCodeOf, showWorkflows } from "../show-workflows.ts";
import { formatObjects } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import { UserError } from "../user-error.ts";
import { parseAssignments, readWorkflowFiles } from "../workflow-files.ts";
import type { WorkflowDraft } from "../workflow-files.ts";

export interface RunOptions {
  readonly files: readonly string[];
  /** Folders; undefined takes those below ./plugins and beside the files. */
  readonly plugins: readonly string[] | undefined;
  /** `name=value` each. */
  readonly parameters: readonly string[];
  readonly timeoutMs: number;
  readonly output: "tree" | ObjectFormat;
  readonly verbose: boolean;
}

/** Runs workflows on an embedded cluster that lives as long as they do. */
export async function run(options: RunOptions, context: ProgramContext): Promise<ExitCode> {
  const parameters = parseAssignments("-p", options.parameters);
  const { workflows: drafts, others } = await readWorkflowFiles(options.files, { parameters });
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
  const { output } = options;
  const refs = await submitWorkflows(workflows, session.client);
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const { client } = session;
  const { terminal } = context;
  const view = output === "tree" ? createLiveView(terminal) : createQuietView(terminal);
  const ended = await showWorkflows({ client, refs, signal }, view);
  if (output !== "tree") terminal.out(formatObjects(ended, output));
  if (context.signal.aborted) return EXIT_CODES.interrupted;
  if (ended.some((workflow) => !isFulfilled(statusOf(workflow).phase))) {
    const { err, palette } = terminal;
    err(
      `${palette.red("error:")} not ended after ${options.timeoutMs / 1_000}s (--timeout); what a step waits for stands beside it\n`,
    );
  }
  return exitCodeOf(ended, refs.length);
}
