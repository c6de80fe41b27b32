// The embedded cluster in a process of its own. It counts what it is asked to write, by client; agent pods are handed on to the
// process of the agents.
import { fork } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { runAgentInit } from "@outrigger/agent";
import { DEFAULT_AGENT_IMAGE } from "@outrigger/controller";
import { readManifests } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { InProcessContext } from "@outrigger/local";
import type { JsonObject } from "@outrigger/types";
import type { AgentRequest } from "./agents.ts";
import { Peer, answer, onRequest } from "./ipc.ts";
import { RequestCounter } from "./request-counter.ts";

/** What the benchmark must know of the cluster. */
export interface ClusterFacts {
  readonly url: string;
  readonly token: string;
  readonly kubeconfigPath: string;
  readonly agentsPid: number;
}

const CRDS = new URL("../../deploy/crds/", import.meta.url);
const TOKEN_FOLDER = "/var/run/argo";
const [pluginUrl = "", pluginImage = ""] = process.argv.slice(2);

const counter = new RequestCounter();
subscribe("http.server.request.start", (message) => {
  counter.count((message as { readonly request: IncomingMessage }).request);
});

const agents = new Peer(fork(new URL("agents.ts", import.meta.url), { execArgv: process.execArgv }));
await agents.ready();

const cluster = await startLocalCluster({
  crds: readCrds(),
  namespaces: ["argo"],
  startPodRuntime: (context) =>
    startPodRuntime({
      ...context,
      hostEnv: {},
      isolation: "none",
      inProcess: { [DEFAULT_AGENT_IMAGE]: agentContainer, [pluginImage]: untilStopped },
    }),
});

async function agentContainer(context: InProcessContext): Promise<number> {
  const folder = context.path(TOKEN_FOLDER);
  const surroundings = { env: context.env, ...(folder === undefined ? {} : { tokenFolder: folder }) };
  if (context.args[1] === "init") await runAgentInit(surroundings);
  else await agentMain(context, folder);
  return 0;
}

async function agentMain({ pod, env, signal }: InProcessContext, tokenFolder: string | undefined): Promise<void> {
  const { uid = "", namespace = "" } = pod.metadata;
  const ask = (request: AgentRequest): Promise<unknown> => agents.ask(request);
  signal.addEventListener("abort", () => void ask({ kind: "stop", pod: uid }), { once: true });
  const { url: server, token } = cluster;
  await ask({ kind: "start", pod: uid, namespace, server, token, env, tokenFolder, pluginUrl });
}

async function untilStopped({ signal }: InProcessContext): Promise<number> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  return 0;
}

function readCrds(): readonly JsonObject[] {
  return readdirSync(CRDS)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => {
      const read = readManifests(readFileSync(new URL(name, CRDS), "utf8"), name);
      if (!read.ok) throw new Error(`${name} cannot be read`);
      return read.value.map(({ value }) => value);
    });
}

onRequest((request) => {
  if (request === "stop") return Promise.all([cluster.stop(), agents.stop()]);
  return counter.take();
});
const { url, token, kubeconfigPath } = cluster;
answer(0, { url, token, kubeconfigPath, agentsPid: agents.child.pid ?? 0 } satisfies ClusterFacts);
