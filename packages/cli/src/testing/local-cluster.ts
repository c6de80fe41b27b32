import { delimiter, dirname } from "node:path";
import { formatManifestIssue, readManifests } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { createLogger } from "@outrigger/telemetry";
import { formatIssues, isFulfilled, kubeObjectParser } from "@outrigger/types";
import type { Environment, KubeObject } from "@outrigger/types";
import { followWorkflows, statusOf } from "../follow-workflows.ts";
import { startLocalSession } from "../local-session.ts";
import type { LocalSession } from "../local-session.ts";
import { readPluginFolder } from "../plugin/folder.ts";
import type { PluginFolder } from "../plugin/folder.ts";
import { submitWorkflows } from "../submit-workflows.ts";
import { UserError } from "../user-error.ts";
import { checkWorkflows, readWorkflowFiles } from "../workflow-files.ts";
import type { WorkflowDraft, WorkflowFiles } from "../workflow-files.ts";
import { workflowRunOf } from "./workflow-run.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** What `startLocalCluster` takes. */
export interface LocalClusterOptions {
  /** Folders of plugins, each with a plugin.yaml. */
  readonly plugins?: readonly string[];
  /** Objects that Workflows and plugins need, such as Secrets; as in YAML. Default: none. */
  readonly objects?: readonly object[];
  /** Of the machine: containers see PATH, HOME, TMPDIR and the language. Default: a PATH with the Node that runs the tests. */
  readonly env?: Environment;
  /** Gets the JSON lines of controller, agents and cluster. Default: nobody does. */
  readonly log?: (line: string) => void;
}

/** What `run` takes beside a Workflow. */
export interface RunOptions {
  /** Arguments of the Workflow, as with `outrigger run -p`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How long it may take, in milliseconds. Default: 30 s. */
  readonly timeoutMs?: number;
}

/** A cluster inside this process. */
export interface LocalCluster extends AsyncDisposable {
  /**
   * Runs a Workflow to its end: of a file, or an object as in YAML. Rejects with what is wrong with it, as `outrigger lint` says it, or
   * with what each open step waits for when the time is up. A Workflow that fails is an answer, and no rejection.
   */
  run(workflow: string | object, options?: RunOptions): Promise<WorkflowRun>;
  /** For kubectl: `kubectl --kubeconfig <this> get workflows`. */
  readonly kubeconfigPath: string;
  /** Ends everything. `await using` does so too. */
  stop(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Starts a Kubernetes API with controller and agents in this process, and installs the plugins: their containers are processes of this
 * machine. For tests of whole Workflows; takes about a second.
 */
export async function startLocalCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  const { plugins: folders = [], objects = [], log } = options;
  const parsed = objects.map(objectOf);
  const [plugins, session] = await Promise.all([
    Promise.all(folders.map((folder) => readPluginFolder(folder))),
    startLocalSession({
      hostEnv: options.env ?? {
        PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
      },
      ...(log === undefined ? {} : { logger: createLogger({ component: "local", write: log }) }),
    }),
  ]);
  const stop = (): Promise<void> => session.stop();
  try {
    await session.install(plugins, ["default"]);
    await session.apply(parsed);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    run: (workflow, runOptions = {}) => run(workflow, runOptions, { session, plugins }),
    kubeconfigPath: session.cluster.kubeconfigPath,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Running {
  readonly session: LocalSession;
  readonly plugins: readonly PluginFolder[];
}

async function run(
  workflow: string | object,
  { parameters = {}, timeoutMs = DEFAULT_TIMEOUT_MS }: RunOptions,
  { session, plugins }: Running,
): Promise<WorkflowRun> {
  const { workflows, others } = await read(workflow, new Map(Object.entries(parameters)));
  const [draft, ...more] = workflows;
  if (draft === undefined || more.length > 0) throw new UserError("run takes exactly one Workflow");
  await session.install(plugins, [namespaceOf(draft)]);
  await session.apply(others);
  const refs = await submitWorkflows([draft.workflow], session.client);
  return workflowRunOf(await ended(refs, session.client, timeoutMs));
}

async function read(workflow: string | object, parameters: ReadonlyMap<string, string>): Promise<WorkflowFiles> {
  if (typeof workflow === "string") return readWorkflowFiles([workflow], { parameters });
  const manifests = readManifests(JSON.stringify(workflow, null, 2), "workflow");
  if (!manifests.ok) throw new UserError(manifests.issues.map(formatManifestIssue).join("\n"));
  return checkWorkflows(manifests.value, { parameters });
}

async function ended(refs: readonly ObjectRef[], client: KubeClient, timeoutMs: number): Promise<KubeObject> {
  const signal = AbortSignal.timeout(timeoutMs);
  const [workflow] = await followWorkflows({ client, refs, onChange: () => {}, signal });
  if (workflow !== undefined && isFulfilled(statusOf(workflow).phase)) return workflow;
  const nodes = Object.values(workflow === undefined ? {} : (statusOf(workflow).nodes ?? {}));
  const open = nodes
    .filter(({ phase }) => !isFulfilled(phase))
    .map(({ displayName, phase, message = "" }) => `\n  ${displayName} ${phase} ${message}`);
  throw new Error(`the Workflow has not ended after ${timeoutMs / 1_000} s (timeoutMs); what is open:${open.join("")}`);
}

function namespaceOf({ workflow }: WorkflowDraft): string {
  return workflow.metadata.namespace ?? "default";
}

function objectOf(value: object): KubeObject {
  const parsed = kubeObjectParser(value, "objects");
  if (parsed.ok) return parsed.value;
  throw new UserError(formatIssues(parsed.issues));
}
