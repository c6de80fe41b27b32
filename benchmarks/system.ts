import { fork } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CONFIG_MAPS, HttpKubeClient, Informer, PODS, WORKFLOWS, explicitConnection, toYaml } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { bundleProcess } from "../tools/bundle-process.ts";
import type { ClusterFacts } from "./processes/api-server.ts";
import { Peer } from "./processes/ipc.ts";
import type { WritesByClient } from "./processes/request-counter.ts";
import type { Target } from "./target.ts";
import { BENCH_PLUGIN } from "./workloads.ts";

const PROCESSES = new URL("processes/", import.meta.url);
const CONTROLLER = fileURLToPath(new URL("../packages/controller/src/main.ts", import.meta.url));
// For a container of 256 MiB. By itself Node lets garbage lie on a large machine, and has too little room for new objects on a small one.
const CONTROLLER_HEAP = ["--max-old-space-size=128", "--max-semi-space-size=16"];
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

interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly flags?: readonly string[];
}

interface Parts {
  readonly client: KubeClient;
  readonly api: Peer;
  readonly plugin: Peer;
  readonly controller: Peer;
  readonly agentsPid: number;
  /** Where the bundle of the controller lies. */
  readonly folder: string;
}

/** API server, controller, agents and plugin, each a process of its own, and the means to measure them. */
export class BenchSystem implements Target {
  readonly namespace = "default";
  readonly client: KubeClient;
  readonly ended: Informer;
  readonly pods: Informer;
  readonly #api: Peer;
  readonly #plugin: Peer;
  readonly #controller: Peer;
  readonly #pids: Readonly<Record<string, number>>;
  readonly #folder: string;

  private constructor({ client, api, plugin, controller, agentsPid, folder }: Parts) {
    this.client = client;
    this.#folder = folder;
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
    const start = (url: URL, { args = [], env = {}, flags = [] }: StartOptions = {}): Peer => {
      const stdio: StdioOptions = ["ignore", "ignore", "inherit", "ipc"];
      return new Peer(fork(fileURLToPath(url), args, { execArgv: [...execArgv, ...flags], env, stdio }));
    };
    const plugin = start(new URL("plugin.ts", PROCESSES));
    const pluginUrl = String(await plugin.ready());
    const api = start(new URL("api-server.ts", PROCESSES), { args: [pluginUrl, PLUGIN_IMAGE] });
    const facts = (await api.ready()) as ClusterFacts;
    const { url: server, token, kubeconfigPath, agentsPid } = facts;
    const connection = explicitConnection({ server, token });
    const client = new HttpKubeClient({ connection, userAgent: "outrigger-bench" });
    await installPlugin(client);
    const folder = mkdtempSync(join(tmpdir(), "outrigger-bench-"));
    await bundleProcess(CONTROLLER, folder);
    const env = {
      KUBECONFIG: kubeconfigPath,
      ARGO_EXECUTOR_PLUGINS: "true",
      OUTRIGGER_AGENT_LINGER: "0s",
      OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0",
      OUTRIGGER_LOG_LEVEL: "warn",
    };
    const controller = start(pathToFileURL(join(folder, "main.mjs")), { env, flags: CONTROLLER_HEAP });
    const system = new BenchSystem({ client, api, plugin, controller, agentsPid, folder });
    system.ended.start();
    system.pods.start();
    await Promise.all([system.ended.whenSynced(), system.pods.whenSynced()]);
    return system;
  }

  /** What was written since the last time, as the API server has counted it. */
  // Its plugin listens already, and a pod is made for each Workflow.
  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  async takeWrites(): Promise<WritesByClient> {
    return (await this.#api.ask("writes")) as WritesByClient;
  }

  /** Memory at this moment, in bytes. */
  currentMemory(): Readonly<Record<string, number>> {
    return this.#memory(residentBytes);
  }

  /** Peak memory since the last time in bytes; nothing where the kernel does not tell. */
  takePeakMemory(): Readonly<Record<string, number>> {
    return this.#memory(takePeak);
  }

  #memory(read: (pid: number) => number | undefined): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#pids).flatMap(([name, pid]) => {
        const bytes = read(pid);
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
    rmSync(this.#folder, { recursive: true });
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
  const bytes = statusBytes(pid, "VmHWM");
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5"); // the peak is counted anew
  } catch {
    // Where the kernel cannot do that, it is the peak since the start.
  }
  return bytes;
}

function residentBytes(pid: number): number | undefined {
  return statusBytes(pid, "VmRSS");
}

function statusBytes(pid: number, field: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    return undefined; // no such file system here
  }
}
