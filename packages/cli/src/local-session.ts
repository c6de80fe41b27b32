import { Controller, observeApiCalls, resolveConfig } from "@outrigger/controller";
import type { ControllerConfig } from "@outrigger/controller";
import { HttpKubeClient } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { LocalCluster, LocalCommand } from "@outrigger/local";
import { createLogger, createTelemetry } from "@outrigger/telemetry";
import type { Logger } from "@outrigger/telemetry";
import { ENV_EXECUTOR_PLUGINS, ENV_WORKFLOW_LEVEL_PLUGINS, pluginConfigMapName } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { createAgentImage } from "./agent-image.ts";
import { applyObject, ensureNamespace, ensureServiceAccount } from "./apply-object.ts";
import { readCrds } from "./crds.ts";
import { readableLogLine } from "./log-line.ts";
import { localCommandOf } from "./plugin/local-command.ts";
import type { PluginFolder } from "./plugin/folder.ts";
import type { ProgramContext } from "./program.ts";

/** Where plugins are installed, as in a cluster. */
export const INSTALL_NAMESPACE = "argo";

export interface LocalSessionOptions {
  /** Logs of cluster, controller and agent go to standard error. */
  readonly verbose: boolean;
  /** How long the pod of an ended Workflow stays. */
  readonly agentLingerMs: number;
  readonly context: ProgramContext;
}

/** An embedded cluster with a controller in it, both inside this process. */
export interface LocalSession {
  readonly cluster: LocalCluster;
  readonly client: KubeClient;
  readonly logger: Logger;
  /** Installs or updates plugins, with the service accounts that they need in these namespaces. */
  install(plugins: readonly PluginFolder[], namespaces: readonly string[]): Promise<void>;
  /** Creates or updates objects. Namespaces that are missing are made. */
  apply(objects: readonly KubeObject[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts cluster and controller; both are ready when the promise is fulfilled. */
export async function startLocalSession(options: LocalSessionOptions): Promise<LocalSession> {
  const logger = createSessionLogger(options);
  const localCommands = new Map<string, LocalCommand>();
  const agentLogger = logger.child({ component: "agent" });
  const config = controllerConfig(options);
  // An agent calls the API only after the cluster, which runs it, has started.
  const api = Promise.withResolvers<KubeClient>();
  const cluster = await startLocalCluster({
    crds: await readCrds(),
    namespaces: [INSTALL_NAMESPACE],
    startPodRuntime: (context) =>
      startPodRuntime({
        ...context,
        hostEnv: options.context.env,
        logger,
        inProcess: { [config.engine.agent.image]: createAgentImage(api.promise, agentLogger) },
        localCommand: (_pod, container) => localCommands.get(container),
      }),
  });
  const telemetry = createTelemetry({ logger: logger.child({ component: "controller" }) });
  const client = new HttpKubeClient({ connection: cluster.connection(), observe: observeApiCalls(telemetry) });
  api.resolve(client);
  const controller = new Controller({ client, config, telemetry });
  await controller.start();
  return {
    cluster,
    client,
    logger,
    apply: async (objects) => {
      for (const object of objects) await applyObject(client, object);
    },
    install: async (plugins, namespaces) => {
      for (const namespace of namespaces) await ensureNamespace(client, namespace);
      for (const plugin of plugins) {
        const command = localCommandOf(plugin);
        if (command !== undefined) localCommands.set(plugin.plugin.spec.sidecar.container.name, command);
        await installPlugin(client, plugin, namespaces);
      }
    },
    stop: async () => {
      await controller.stop();
      await cluster.stop();
      client.close();
    },
  };
}

// The token of a plugin's service account is taken from the namespace of the Workflow.
async function installPlugin(
  client: KubeClient,
  { plugin, configMap }: PluginFolder,
  namespaces: readonly string[],
): Promise<void> {
  if (plugin.spec.sidecar.automountServiceAccountToken === true) {
    const account = pluginConfigMapName(plugin.metadata.name);
    await Promise.all(namespaces.map((namespace) => ensureServiceAccount(client, namespace, account)));
  }
  await applyObject(client, { ...configMap, metadata: { ...configMap.metadata, namespace: INSTALL_NAMESPACE } });
}

function createSessionLogger({ verbose, context }: LocalSessionOptions): Logger {
  const { err, palette } = context.terminal;
  return createLogger({
    component: "local",
    level: verbose ? "info" : "silent",
    write: (line) => err(readableLogLine(line, palette)),
  });
}

function controllerConfig({ agentLingerMs }: LocalSessionOptions): ControllerConfig {
  const config = resolveConfig({ [ENV_EXECUTOR_PLUGINS]: "true", [ENV_WORKFLOW_LEVEL_PLUGINS]: "true" });
  const { engine } = config;
  return { ...config, engine: { ...engine, agent: { ...engine.agent, lingerMs: agentLingerMs } } };
}
