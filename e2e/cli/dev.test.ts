import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HttpKubeClient, WORKFLOWS, loadConnection } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { ROOT, RunningCli, outrigger } from "../support/cli.ts";
import { mountsMentioning, processesMentioning } from "../support/leftovers.ts";
import { at } from "../support/scripted-plugin.ts";
import { oneStep } from "../support/system.ts";

// A plugin of the author's own, in a folder of its own, with no build step and no dependency.
const SERVER = (message: string): string => `
import { createServer } from "node:http";
console.log("started");
const node = { phase: "Succeeded", message: "${message}" };
createServer((q, r) => r.end(JSON.stringify({ node }))).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");
`;

describe("outrigger dev", () => {
  let folder: string;
  let running: RunningCli;
  let clients: KubeClient[];
  beforeEach(() => {
    clients = [];
    // Everything that the command starts inherits this folder's name: what is left over can be found by it.
    folder = mkdtempSync(join(tmpdir(), "outrigger-dev-"));
    const plugin = join(folder, "plugins/hello");
    cpSync(join(ROOT, "plugins/hello/plugin.yaml"), join(plugin, "plugin.yaml"), { recursive: true });
    writeFileSync(join(plugin, "server.mjs"), SERVER("first"));
    running = new RunningCli(["dev"], { cwd: folder, env: { TMPDIR: folder } });
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    running.process.kill("SIGKILL");
    await running.exited;
    await vi.waitUntil(() => processesMentioning(folder).length === 0);
    rmSync(folder, { recursive: true, force: true });
  });

  const ready = async (): Promise<string> => {
    const kubeconfig = await vi.waitFor(
      () => /^export KUBECONFIG=(.+)\n$/.exec(running.stdout)?.[1] ?? Promise.reject(new Error(running.stderr)),
      { timeout: 10_000 },
    );
    return kubeconfig;
  };
  const connect = async (kubeconfig: string): Promise<KubeClient> => {
    const client = new HttpKubeClient({ connection: await loadConnection({ env: { KUBECONFIG: kubeconfig } }) });
    clients.push(client);
    return client;
  };
  const run = async (client: KubeClient, name: string): Promise<unknown> => {
    const workflow = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name },
      spec: oneStep("hello"),
    };
    await client.create(WORKFLOWS, "default", workflow);
    return vi.waitFor(
      async () => {
        const { status } = await client.get(WORKFLOWS, { namespace: "default", name });
        expect(at(status, "phase")).toBe("Succeeded");
        return at(status, "nodes", name, "message");
      },
      { timeout: 10_000 },
    );
  };

  it("says where the cluster is on standard output, in one line, once it is ready", async () => {
    const client = await connect(await ready());
    expect(await run(client, "wf")).toBe("first");
    expect(running.stdout.split("\n")).toHaveLength(2);
    expect(running.stderr).toContain("Executor plugin added");
  });

  it("is a cluster for the commands, and shows what they bring about: nodes, calls, logs of plugins", async () => {
    const env = { KUBECONFIG: await ready() };
    const file = join(ROOT, "examples/hello.yaml");
    const { code, stdout } = await outrigger(["submit", file, "--name", "wf", "--watch"], { env });
    expect(stdout).toMatch(/workflow.argoproj.io\/wf submitted\n(.*\n)*✔ wf Succeeded.*\n✔ wf first\n/);
    expect(code).toBe(0);
    await vi.waitFor(() => expect(running.stderr).toMatch(/→ hello \d+ms finished wf\n(.*\n)*wf Succeeded first\n/));
    expect(running.stderr).toContain("hello │ started\n");
  });

  it("lets Ctrl-C end the waiting, not the Workflow", async () => {
    const env = { KUBECONFIG: await ready() };
    const file = join(folder, "waits.yaml");
    const spec = "{entrypoint: main, templates: [{name: main, suspend: {}}]}";
    writeFileSync(file, `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: waits}\nspec: ${spec}\n`);
    const waiting = new RunningCli(["submit", file, "--watch"], { env });
    await vi.waitFor(() => expect(waiting.stdout).toContain("waits Running"), { timeout: 5_000 });
    waiting.process.kill("SIGINT");
    expect(await waiting.exited).toBe(130);
    expect(waiting.stderr).toBe("waits goes on in the cluster: outrigger watch waits -n default\n");
  });

  it("reloads a plugin when its files change", async () => {
    const client = await connect(await ready());
    expect(await run(client, "before")).toBe("first");
    writeFileSync(join(folder, "plugins/hello/server.mjs"), SERVER("second"));
    await vi.waitFor(() => expect(running.stderr).toContain("Executor plugin updated"), { timeout: 5_000 });
    expect(await run(client, "after")).toBe("second");
  });

  it("says what is wrong with a plugin that was saved half-way, and goes on", async () => {
    const client = await connect(await ready());
    const manifest = join(folder, "plugins/hello/plugin.yaml");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, text.replace("ports:", "portz:"));
    await vi.waitFor(() => expect(running.stderr).toMatch(/could not be reloaded.*portz is not a known field/), {
      timeout: 5_000,
    });
    writeFileSync(manifest, text);
    expect(await run(client, "wf")).toBe("first");
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    it(`leaves nothing behind after ${signal}: no process, no mount, no folder`, async () => {
      const kubeconfig = await ready();
      await run(await connect(kubeconfig), "wf");
      const stateDir = dirname(kubeconfig);
      expect(existsSync(stateDir)).toBe(true);
      running.process.kill(signal);
      expect(await running.exited).toBe(signal === "SIGKILL" ? null : 0);
      await vi.waitFor(() => expect(processesMentioning(folder)).toEqual([]), { timeout: 5_000 });
      expect(mountsMentioning(folder)).toEqual([]);
      await vi.waitFor(() => expect(readdirSync(folder)).toEqual(["plugins"]));
    });
  }
});
