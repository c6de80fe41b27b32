import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLogger } from "@outrigger/telemetry";
import { runAgentInit, runAgentMain } from "@outrigger/agent";
import { TestCluster, task } from "./cluster.ts";
import { ScriptedPlugin, freePort, succeed } from "./scripted-plugin.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const COMPLETED = { metadata: { labels: { "workflows.argoproj.io/completed": "true" } } };
const ENV = {
  ARGO_WORKFLOW_NAME: "wf",
  ARGO_WORKFLOW_UID: "uid-1",
  ARGO_PLUGIN_NAMES: '["it-executor-plugin"]',
  ARGO_PLUGIN_ADDRESSES: '["http://localhost:4355"]',
};

function startProcess(args: readonly string[], env: Readonly<Record<string, string>>) {
  const agent = spawn(process.execPath, ["--conditions=@outrigger/source", MAIN, ...args], {
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void agent.kill("SIGKILL"));
  return agent;
}

describe("the process", () => {
  it("serves /metrics if it is told where, and ends with 0 when the Workflow has ended", async () => {
    const cluster = await TestCluster.start();
    await cluster.announce({ n1: task("it", {}, { plugin: {} }) });
    const address = `127.0.0.1:${await freePort()}`;
    const agent = startProcess(["agent", "main", "--loglevel", "info"], {
      ...ENV,
      KUBECONFIG: cluster.api.kubeconfigPath,
      OUTRIGGER_HTTP_ADDRESS: address,
    });
    const exited = once(agent, "exit");
    const [line] = (await once(createInterface(agent.stdout), "line")) as [string];
    expect(JSON.parse(line)).toMatchObject({ component: "agent", msg: "Agent has started", workflow: "wf" });
    await cluster.reported("n1");
    expect(await (await fetch(`http://${address}/healthz`)).text()).toBe("ok\n");
    expect(await (await fetch(`http://${address}/metrics`)).text()).toContain(
      "outrigger_result_write_duration_seconds",
    );
    await cluster.patch(COMPLETED);
    expect(await exited).toEqual([0, null]);
  });

  it("ends with 0 at SIGTERM", async () => {
    const cluster = await TestCluster.start();
    const agent = startProcess(["agent", "main"], { ...ENV, KUBECONFIG: cluster.api.kubeconfigPath });
    const exited = once(agent, "exit");
    await once(agent.stdout, "data");
    agent.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  it("agent serve: is ready when it watches, serves whoever comes, and ends with 0 at SIGTERM", async () => {
    const cluster = await TestCluster.start();
    const address = `127.0.0.1:${await freePort()}`;
    const agent = startProcess(["agent", "serve"], {
      KUBECONFIG: cluster.api.kubeconfigPath,
      OUTRIGGER_HTTP_ADDRESS: address,
    });
    const exited = once(agent, "exit");
    const readiness = async (): Promise<string> => (await fetch(`http://${address}/readyz`)).text();
    await expect.poll(() => readiness().catch(String), { timeout: 10_000 }).toBe("ok\n");
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toMatchObject({
      phase: "Failed",
      message: 'no plugin executed the template: the agent has no plugin to ask for the key "it"',
    });
    expect(await (await fetch(`http://${address}/metrics`)).text()).toContain("outrigger_agent_workflows 1");
    agent.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    [
      "an environment that misses something",
      ["agent", "main"],
      { ...ENV, ARGO_WORKFLOW_UID: "" },
      "ARGO_WORKFLOW_UID must be set",
    ],
    [
      "another command",
      ["agent", "run"],
      ENV,
      'unknown command "agent run": expected one of agent init, agent main, agent serve',
    ],
  ])("ends with 1 and one line for %s", async (_what, args, env, message) => {
    const agent = startProcess(args, env);
    const [output, exit] = await Promise.all([text(agent.stderr), once(agent, "exit")]);
    expect([output, exit]).toEqual([`outrigger-agent: ${message}\n`, [1, null]]);
  });
});

describe("within another process", () => {
  it("init and main share a folder, and plugins are dialled where they are", async () => {
    const folder = await mkdtemp(join(tmpdir(), "agent-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await runAgentInit({ env: ENV, tokenFolder: folder });
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    const lines: string[] = [];
    const stop = new AbortController();
    const ended = runAgentMain({
      env: ENV,
      tokenFolder: folder,
      connection: cluster.api.connection("default"),
      dial: (address) => (address === "http://localhost:4355" ? plugin.address : "http://localhost:1"),
      telemetry: { logger: createLogger({ component: "agent", write: (line) => void lines.push(line) }) },
      signal: stop.signal,
    });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
    const token = await readFile(join(folder, "it-executor-plugin", "token"), "utf8");
    expect(plugin.calls[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(lines.join("")).not.toContain(token);
    stop.abort();
    expect(await ended).toBe("stopped");
  });
});
