// The agents of all Workflows: the code of the agent's image, one instance per agent pod, outside of the API server's process.
import { runAgentMain } from "@outrigger/agent";
import { explicitConnection } from "@outrigger/kube";
import { onRequest, answer } from "./ipc.ts";

/** What a container `main` of an agent pod is started with. */
export interface AgentStart {
  readonly kind: "start";
  readonly pod: string;
  readonly namespace: string;
  readonly server: string;
  readonly token: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tokenFolder: string | undefined;
  readonly pluginUrl: string;
}

export type AgentRequest = AgentStart | { readonly kind: "stop"; readonly pod: string };

const running = new Map<string, AbortController>();

async function handle(request: AgentRequest): Promise<void> {
  if (request.kind === "stop") return running.get(request.pod)?.abort();
  const { pod, namespace, server, token, env, tokenFolder, pluginUrl } = request;
  const stop = new AbortController();
  running.set(pod, stop);
  await runAgentMain({
    env,
    connection: explicitConnection({ server, token, namespace }),
    dial: () => pluginUrl,
    signal: stop.signal,
    ...(tokenFolder === undefined ? {} : { tokenFolder }),
  });
  running.delete(pod);
}

onRequest((request) => handle(request as AgentRequest));
answer(0, undefined);
