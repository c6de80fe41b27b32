import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFIG_MAPS, HttpKubeClient, WORKFLOWS } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { LocalCluster } from "@outrigger/local";
import { isFulfilled, workflowParser } from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";
import { readCrds } from "outrigger";
import { vi } from "vitest";
import { bundleProcess } from "../../../tools/bundle-process.ts";
import { ROOT } from "../../support/cli.ts";

/**
 * Controller and agents as processes of their own, from the bundles that images are made of, on the embedded cluster: for killing them.
 * The agents run in their pods; `argoexec`, which the controller asks for, is our agent.
 */
export class Processes implements AsyncDisposable {
  readonly client: KubeClient;
  readonly folder: string;
  readonly #cluster: LocalCluster;
  readonly #env: NodeJS.ProcessEnv;
  #controller: ChildProcess | undefined;

  private constructor(cluster: LocalCluster, folder: string, env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#cluster = cluster;
    this.folder = folder;
    this.client = new HttpKubeClient({ connection: cluster.connection() });
  }

  /** With what the controllers find in their environment beside the usual. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<Processes> {
    const folder = mkdtempSync(join(tmpdir(), "outrigger-kill-"));
    const bundle = (name: string): Promise<void> =>
      bundleProcess(join(ROOT, `packages/${name}/src/main.ts`), join(folder, name));
    await Promise.all([bundle("controller"), bundle("agent")]);
    const program = join(folder, "argoexec");
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(folder, "agent", "main.mjs")} "$@"\n`);
    chmodSync(program, 0o755);
    const hostEnv = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    const cluster = await startLocalCluster({
      crds: await readCrds(),
      namespaces: ["argo"],
      startPodRuntime: (context) => startPodRuntime({ ...context, hostEnv }),
    });
    const processes = new Processes(cluster, folder, env);
    processes.#controller = processes.startController();
    return processes;
  }

  startController(): ChildProcess {
    return spawn(process.execPath, [join(this.folder, "controller", "main.mjs")], {
      env: {
        KUBECONFIG: this.#cluster.kubeconfigPath,
        ARGO_EXECUTOR_PLUGINS: "true",
        OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0",
        OUTRIGGER_AGENT_LINGER: "0s",
        OUTRIGGER_LOG_LEVEL: "error",
        ...this.#env,
      },
      stdio: ["ignore", "inherit", "inherit"],
    });
  }

  get controller(): ChildProcess | undefined {
    return this.#controller;
  }

  /** kill -9, and a new one. */
  killController(): void {
    this.#controller?.kill("SIGKILL");
    this.#controller = this.startController();
  }

  /** kill -9; the pod starts its container again. */
  killAgents(): void {
    const agent = join(this.folder, "agent", "main.mjs");
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isRunning(name, agent));
    if (pids.length === 0) throw new Error("no agent runs");
    for (const pid of pids) process.kill(Number(pid), "SIGKILL");
  }

  async install(plugin: KubeObject): Promise<void> {
    await this.client.create(CONFIG_MAPS, "argo", plugin);
  }

  async submit(workflow: KubeObject): Promise<void> {
    await this.client.create(WORKFLOWS, "default", workflow);
  }

  ended(name: string): Promise<Workflow> {
    return vi.waitFor(
      async () => {
        const read = workflowParser(await this.client.get(WORKFLOWS, { namespace: "default", name }), "");
        if (!read.ok || !isFulfilled(read.value.status?.phase)) throw new Error(`not ended: ${JSON.stringify(read)}`);
        return read.value;
      },
      { timeout: 18_000, interval: 20 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller?.kill("SIGKILL");
    this.client.close();
    await this.#cluster.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function isRunning(pid: string, script: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === script;
  } catch {
    return false; // gone meanwhile
  }
}
