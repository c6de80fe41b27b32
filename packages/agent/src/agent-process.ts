import { HttpKubeClient, loadConnection } from "@outrigger/kube";
import type { Connection } from "@outrigger/kube";
import type { Telemetry } from "@outrigger/telemetry";
import { EnvironmentReader } from "@outrigger/types";
import type { Environment } from "@outrigger/types";
import { startAgent } from "./agent.ts";
import type { AgentEnd } from "./agent.ts";
import { CA_CERTIFICATES, readCertificates } from "./ca-certificates.ts";
import { pluginNames, resolveConfig } from "./config.ts";
import { VAR_RUN_ARGO, makeTokens, tokenReader } from "./plugin-tokens.ts";

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

/** The container `init`: makes a token for each plugin. */
export async function runAgentInit({ env, tokenFolder = VAR_RUN_ARGO }: AgentSurroundings): Promise<void> {
  await makeTokens(tokenFolder, pluginNames(new EnvironmentReader(env)));
}

/** The container `main`: serves the Workflow until it has ended, or the signal is aborted. */
export async function runAgentMain(options: AgentMainOptions): Promise<AgentEnd> {
  const { env, tokenFolder = VAR_RUN_ARGO, signal, dial, telemetry } = options;
  const { workflowName, workflowUid, plugins, limits } = resolveConfig(env);
  const connection = options.connection ?? (await loadConnection({ env }));
  const client = new HttpKubeClient({ connection, userAgent: "outrigger-agent/0.1.0" });
  const agent = startAgent({
    certificates: await readCertificates(CA_CERTIFICATES),
    client,
    namespace: connection.namespace,
    workflowName,
    workflowUid,
    plugins: plugins.map(({ name, address, rules }) => ({
      name,
      address,
      rules,
      token: tokenReader(tokenFolder, name),
    })),
    limits,
    ...(dial === undefined ? {} : { dial }),
    ...(telemetry === undefined ? {} : { telemetry }),
  });
  const stop = (): void => void agent.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await agent.done;
  } finally {
    signal.removeEventListener("abort", stop);
    client.close();
  }
}
