import { HttpKubeClient, loadConnection } from "@outrigger/kube";
import type { Connection, KubeClient } from "@outrigger/kube";
import type { Telemetry } from "@outrigger/telemetry";
import { EnvironmentReader, VERSION } from "@outrigger/types";
import type { Environment } from "@outrigger/types";
import { startAgent } from "./agent.ts";
import type { AgentEnd } from "./agent.ts";
import { CA_CERTIFICATES, readCertificates } from "./ca-certificates.ts";
import { pluginNames, resolveConfig, resolveSharedConfig } from "./config.ts";
import { VAR_RUN_ARGO, makeTokens, renewedTokenReader, tokenReader } from "./plugin-tokens.ts";
import { SharedAgent } from "./shared-agent.ts";
import { startWarmAgent } from "./warm-agent.ts";

/** What the containers `init` and `main` of an agent pod find around them; a process of its own, or part of another one. */
export interface AgentSurroundings {
  readonly env: Environment;
  /** The folder of the plugins' tokens. Default: /var/run/argo. */
  readonly tokenFolder?: string;
}

export interface AgentMainOptions extends AgentSurroundings {
  /** Default: KUBECONFIG, or the cluster that the pod is in. */
  readonly connection?: Connection;
  /** What to dial for a plugin's address. Default: the address itself. */
  readonly dial?: (address: string) => string;
  /** The registry must be this agent's own. */
  readonly telemetry?: Partial<Telemetry>;
  /** Aborted where a process would get SIGTERM. */
  readonly signal: AbortSignal;
}

export interface AgentServeOptions extends AgentMainOptions {
  /** Told of the agent as soon as it works. */
  readonly onStarted?: (agent: SharedAgent) => void;
}

/** The container `init`: makes a token for each plugin. */
export async function runAgentInit({ env, tokenFolder = VAR_RUN_ARGO }: AgentSurroundings): Promise<void> {
  await makeTokens(tokenFolder, pluginNames(new EnvironmentReader(env)));
}

/** The container `main`: serves the Workflow until it has ended, or the signal is aborted. */
export function runAgentMain(options: AgentMainOptions): Promise<AgentEnd> {
  const { env, tokenFolder = VAR_RUN_ARGO, signal } = options;
  const { plugins, identity, limits } = resolveConfig(env);
  return withClient(options, async ({ namespace, ...around }) => {
    const endpoints = plugins.map((plugin) => ({ ...plugin, token: tokenReader(tokenFolder, plugin.name) }));
    const common = { ...around, namespace, plugins: endpoints, limits };
    const agent =
      "agentName" in identity ? startWarmAgent({ ...common, ...identity }) : startAgent({ ...common, ...identity });
    const stop = (): void => void agent.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    return agent.done.finally(() => signal.removeEventListener("abort", stop));
  });
}

/** `agent serve`: serves all Workflows until the signal is aborted. */
export function runAgentServe(options: AgentServeOptions): Promise<void> {
  const { env, tokenFolder = VAR_RUN_ARGO, signal, onStarted } = options;
  const { plugins, namespace, instanceId, taskSets, limits } = resolveSharedConfig(env);
  return withClient(options, async ({ namespace: _own, ...around }) => {
    const agent = new SharedAgent({
      ...around,
      ...(namespace === undefined ? {} : { namespace }),
      ...(instanceId === undefined ? {} : { instanceId }),
      taskSets,
      plugins: plugins.map((plugin) => ({ ...plugin, token: renewedTokenReader(tokenFolder, plugin.name) })),
      limits,
    });
    agent.start();
    onStarted?.(agent);
    await aborted(signal);
    await agent.stop();
  });
}

interface Around extends Pick<AgentMainOptions, "dial" | "telemetry"> {
  readonly client: KubeClient;
  readonly certificates: readonly string[];
  /** That of the connection: the pod's own. */
  readonly namespace: string;
}

async function withClient<T>(options: AgentMainOptions, work: (around: Around) => Promise<T>): Promise<T> {
  const { env, dial, telemetry } = options;
  const connection = options.connection ?? (await loadConnection({ env }));
  const client = new HttpKubeClient({ connection, userAgent: `outrigger-agent/${VERSION}` });
  try {
    return await work({
      client,
      certificates: await readCertificates(CA_CERTIFICATES),
      namespace: connection.namespace,
      ...(dial === undefined ? {} : { dial }),
      ...(telemetry === undefined ? {} : { telemetry }),
    });
  } finally {
    client.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
