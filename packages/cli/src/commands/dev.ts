import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { NAMESPACES, PODS } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import {
  COMPONENT_AGENT,
  ENV_EXECUTOR_PLUGINS,
  ENV_WORKFLOW_LEVEL_PLUGINS,
  LABEL_COMPONENT,
  list,
  object,
  string,
} from "@outrigger/types";
import type { KubeObject, Parser } from "@outrigger/types";
import type { Logger } from "@outrigger/telemetry";
import { createCallTracer } from "../dev/call-tracer.ts";
import { createDevView } from "../dev/dev-view.ts";
import { followCluster } from "../dev/follow-cluster.ts";
import { createTerminalLogger } from "../log-line.ts";
import { ANNOTATION_LOCAL_CONTROLLER } from "../local-controller.ts";
import { VERSION } from "../version.ts";
import { INSTALL_NAMESPACE } from "../install-namespace.ts";
import { startLocalSession } from "../local-session.ts";
import type { LocalSession } from "../local-session.ts";
import { shown } from "../files.ts";
import { findPluginFolders, readPluginFolder } from "../plugin/folder.ts";
import type { PluginFolder } from "../plugin/folder.ts";
import type { ProgramContext } from "../program-context.ts";
import { UserError } from "../user-error.ts";

export interface DevOptions {
  /** Folders; undefined takes those below ./plugins. */
  readonly plugins: readonly string[] | undefined;
}

// The pod of an ended Workflow stays for as long as in a cluster: people look at its logs.
const CONTROLLER_ENV = { [ENV_EXECUTOR_PLUGINS]: "true", [ENV_WORKFLOW_LEVEL_PLUGINS]: "true" };
const NAMESPACES_IN_USE = ["default", INSTALL_NAMESPACE];
// Editors write a file in several steps.
const SETTLE_MS = 50;

/** Keeps a cluster on this machine until it is told to stop; plugins follow their files. */
export async function dev(options: DevOptions, context: ProgramContext): Promise<void> {
  const { terminal, signal } = context;
  const folders = options.plugins ?? (await findPluginFolders("plugins"));
  const plugins = await Promise.all(folders.map((folder) => readPluginFolder(folder)));
  const { palette, err, screen } = terminal;
  const view = createDevView({ palette, write: err, screen });
  const logger = createTerminalLogger({ palette, err: (line) => view.print(line) }, "info");
  const agentTracer = createCallTracer((call) => view.call(call));
  const session = await startLocalSession({ logger, hostEnv: context.env, controllerEnv: CONTROLLER_ENV, agentTracer });
  const following = followCluster(session.client, view, palette);
  const watchers: FSWatcher[] = [];
  try {
    await session.install(plugins, NAMESPACES_IN_USE);
    watchers.push(...plugins.map((plugin) => followFiles(plugin, session, logger)));
    await session.client.patch(
      NAMESPACES,
      { name: INSTALL_NAMESPACE },
      { type: "merge", body: { metadata: { annotations: { [ANNOTATION_LOCAL_CONTROLLER]: VERSION } } } },
    );
    terminal.out(`export KUBECONFIG=${session.cluster.kubeconfigPath}\n`);
    view.print(
      `ready: ${plugins.length === 0 ? "no plugins" : plugins.map(({ plugin }) => plugin.metadata.name).join(", ")}; Ctrl-C ends it\n`,
    );
    await aborted(signal);
  } finally {
    for (const watcher of watchers) watcher.close();
    await following.stop();
    await session.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function followFiles(plugin: PluginFolder, session: LocalSession, logger: Logger): FSWatcher {
  let installed = JSON.stringify(plugin.configMap);
  let settling: NodeJS.Timeout | undefined;
  const reload = async (): Promise<void> => {
    try {
      const changed = await readPluginFolder(plugin.folder);
      if (JSON.stringify(changed.configMap) === installed) return; // a README, say
      await session.install([changed], NAMESPACES_IN_USE);
      installed = JSON.stringify(changed.configMap);
      await restartAgents(session.client, changed.plugin.spec.sidecar.container.name);
    } catch (error) {
      // Half-written files are part of the work: say so, and wait for the next change.
      const message = error instanceof UserError ? error.message : errorText(error);
      logger.error({ folder: shown(plugin.folder), error: message }, "Plugin could not be reloaded");
    }
  };
  const watcher = watch(plugin.folder, { recursive: true }, () => {
    clearTimeout(settling);
    settling = setTimeout(() => void reload(), SETTLE_MS);
  });
  watcher.once("close", () => clearTimeout(settling));
  return watcher;
}

// Workflows under way get the new plugin as well: the controller replaces an agent pod that is gone, and the agent goes on from
// the task set.
async function restartAgents(client: KubeClient, container: string): Promise<void> {
  const { items } = await client.list(PODS, { labelSelector: `${LABEL_COMPONENT}=${COMPONENT_AGENT}` });
  const carriers = items.filter((pod) => containerNames(pod).includes(container));
  await Promise.all(
    carriers.map(({ metadata: { namespace = "", name = "" } }) => client.delete(PODS, { namespace, name })),
  );
}

type PodSpec = { readonly containers: readonly { readonly name: string }[] };
const podSpecParser: Parser<PodSpec> = object<PodSpec>(
  { containers: list(object<{ readonly name: string }>({ name: string }, { required: ["name"] })) },
  { required: ["containers"] },
);

function containerNames(pod: KubeObject): readonly string[] {
  const spec = podSpecParser(pod["spec"], "spec");
  return spec.ok ? spec.value.containers.map(({ name }) => name) : [];
}
