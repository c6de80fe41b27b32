import { Controller, ENV_AGENT_LINGER, observeApiCalls, resolveConfig } from "@outrigger/controller";
import { HttpKubeClient } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { LocalCluster, LocalCommand } from "@outrigger/local";
import { createLogger, createTelemetry } from "@outrigger/telemetry";
import type { Logger, Tracer } from "@outrigger/telemetry";
import { ENV_EXECUTOR_PLUGINS, ENV_WORKFLOW_LEVEL_PLUGINS, pluginConfigMapName } from "@outrigger/types";
import type { Environment, KubeObject } from "@outrigger/types";
import { createAgentImage } from "./agent-image.ts";
import type { Connect } from "./agent-image.ts";
import { applyObject, ensureNamespace, ensureServiceAccount } from "./apply-object.ts";
import { readCrds } from "./crds.ts";
import { localCommandOf } from "./plugin/local-command.ts";
import { INSTALL_NAMESPACE } from "./install-namespace.ts";
import type { PluginFolder } from "./plugin/folder.ts";

export interface LocalSessionOptions {
  /** For cluster, controller and agents. Default: silent. */
  readonly logger?: Logger;
  /** The environment of this process; containers see an allow-list of it. Default: none. */
  readonly hostEnv?: Environment;
  /** Environment of the controller. Default: plugins are on, and the pod of an ended Workflow goes at once. */
  readonly controllerEnv?: Environment;
  /** Told of what agents do. Default: that of the process. */
  readonly agentTracer?: Tracer;
}

/** An embedded cluster with a controller in it, both inside this process. */
export interface LocalSession {
  readonly cluster: LocalCluster;
  readonly client: KubeClient;
  /** Installs or updates plugins, with the service accounts that they need in these namespaces. */
  install(plugins: readonly PluginFolder[], namespaces: readonly string[]): Promise<void>;
  /** Creates or updates objects. Namespaces that are missing are made. */
  apply(objects: readonly KubeObject[]): Promise<void>;
  stop(): Promise<void>;
}

const DEFAULTS: Required<Omit<LocalSessionOptions, "agentTracer">> = {
  logger: createLogger({ component: "local", level: "silent" }),
  hostEnv: {},
  controllerEnv: { [ENV_EXECUTOR_PLUGINS]: "true", [ENV_WORKFLOW_LEVEL_PLUGINS]: "true", [ENV_AGENT_LINGER]: "0s" },
};

/** Starts cluster and controller; both are ready when the promise is fulfilled. */
export async function startLocalSession(options: LocalSessionOptions = {}): Promise<LocalSession> {
  const { logger, hostEnv, controllerEnv, agentTracer } = { ...DEFAULTS, ...options };
  const localCommands = new Map<string, LocalCommand>();
  const config = resolveConfig(controllerEnv);
  // An agent calls the API only once the cluster, which runs it, has started.
  const connect: Connect = (namespace) => cluster.connection(namespace);
  const cluster = await startLocalCluster({
    crds: await readCrds(),
    namespaces: [INSTALL_NAMESPACE],
    startPodRuntime: (context) =>
      startPodRuntime({
        ...context,
        hostEnv,
        logger,
        inProcess: { [config.engine.agent.image]: createAgentImage(connect, "info", agentTracer) },
        localCommand: (_pod, container) => localCommands.get(container),
      }),
  });
  const telemetry = createTelemetry({ logger: logger.child({ component: "controller" }) });
  const client = new HttpKubeClient({ connection: cluster.connection(), observe: observeApiCalls(telemetry) });
  const controller = new Controller({ client, config, telemetry });
  await controller.start();
  return {
    cluster,
    client,
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
