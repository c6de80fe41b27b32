import { fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CONFIG_MAPS, HttpKubeClient, Informer, PODS, WORKFLOWS, explicitConnection, toYaml } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import type { ClusterFacts } from "./processes/api-server.ts";
import { Peer } from "./processes/ipc.ts";
import type { WritesByClient } from "./processes/request-counter.ts";
import { BENCH_PLUGIN } from "./workloads.ts";

const PROCESSES = new URL("processes/", import.meta.url);
const CONTROLLER = new URL("../packages/controller/src/main.ts", import.meta.url);
const PLUGIN_IMAGE = "bench-plugin:1";
const PLUGIN_CONTAINER = {
  name: `${BENCH_PLUGIN}-executor-plugin`,
  image: PLUGIN_IMAGE,
  command: ["serve"],
  ports: [{ containerPort: 14_399 }],
  env: [{ name: "OUTRIGGER_PORT", value: "14399" }],
  resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1", memory: "64Mi" } },
  securityContext: { runAsNonRoot: true },
};

export interface SystemOptions {
  /** Where each process leaves a CPU profile. Default: none is made. */
  readonly profileFolder?: string;
}

/** API server, controller, agents and plugin, each a process of its own, and the means to measure them. */
export class BenchSystem implements AsyncDisposable {
  readonly client: KubeClient;
  readonly ended: Informer;
  readonly pods: Informer;
  readonly #api: Peer;
  readonly #plugin: Peer;
  readonly #controller: Peer;
  readonly #pids: Readonly<Record<string, number>>;

  private constructor(parts: { client: KubeClient; api: Peer; plugin: Peer; controller: Peer; agentsPid: number }) {
    const { client, api, plugin, controller, agentsPid } = parts;
    this.client = client;
    this.#api = api;
    this.#plugin = plugin;
    this.#controller = controller;
    const pid = (peer: Peer): number => peer.child.pid ?? 0;
    this.#pids = { apiServer: pid(api), controller: pid(controller), agents: agentsPid, plugin: pid(plugin) };
    this.ended = new Informer({ client, resource: WORKFLOWS, labelSelector: "workflows.argoproj.io/completed=true" });
    this.pods = new Informer({ client, resource: PODS });
  }

  static async start({ profileFolder }: SystemOptions = {}): Promise<BenchSystem> {
    const profile = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
    const execArgv = ["--conditions=@outrigger/source", "--disable-warning=ExperimentalWarning", ...profile];
    const start = (url: URL, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Peer =>
      new Peer(fork(fileURLToPath(url), args, { execArgv, env, stdio: ["ignore", "ignore", "inherit", "ipc"] }));
    const plugin = start(new URL("plugin.ts", PROCESSES));
    const pluginUrl = String(await plugin.ready());
    const api = start(new URL("api-server.ts", PROCESSES), [pluginUrl, PLUGIN_IMAGE]);
    const facts = (await api.ready()) as ClusterFacts;
    const { url: server, token, kubeconfigPath, agentsPid } = facts;
    const connection = explicitConnection({ server, token });
    const client = new HttpKubeClient({ connection, userAgent: "outrigger-bench/0.1.0" });
    await installPlugin(client);
    const controller = start(CONTROLLER, [], {
      KUBECONFIG: kubeconfigPath,
      ARGO_EXECUTOR_PLUGINS: "true",
      OUTRIGGER_AGENT_LINGER: "0s",
      OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0",
      OUTRIGGER_LOG_LEVEL: "warn",
    });
    const system = new BenchSystem({ client, api, plugin, controller, agentsPid });
    system.ended.start();
    system.pods.start();
    await Promise.all([system.ended.whenSynced(), system.pods.whenSynced()]);
    return system;
  }

  /** What was written since the last time, as the API server has counted it. */
  async takeWrites(): Promise<WritesByClient> {
    return (await this.#api.ask("writes")) as WritesByClient;
  }

  /** Peak memory since the last time in bytes; nothing where the kernel does not tell. */
  takePeakMemory(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#pids).flatMap(([name, pid]) => {
        const bytes = takePeak(pid);
        return bytes === undefined ? [] : [[name, bytes] as const];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller.stop();
    await Promise.all([this.ended.stop(), this.pods.stop()]);
    await this.#api.ask("stop");
    await this.#api.stop();
    await this.#plugin.stop();
    this.client.close();
  }
}

async function installPlugin(client: KubeClient): Promise<KubeObject> {
  return client.create(CONFIG_MAPS, "argo", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: PLUGIN_CONTAINER.name,
      labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
    },
    data: { "sidecar.container": toYaml(PLUGIN_CONTAINER) },
  });
}

function takePeak(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    writeFileSync(`/proc/${pid}/clear_refs`, "5"); // the peak is counted anew
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    return undefined;
  }
}
