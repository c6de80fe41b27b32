import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAgentServe } from "@outrigger/agent";
import { CONFIG_MAPS, NAMESPACES, PODS, WORKFLOWS, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import type { Connection } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import type { RecordedCall } from "../support/scripted-plugin.ts";
import { node, oneStep } from "../support/system.ts";
import type { System } from "../support/system.ts";
import { PluginServer } from "./support/plugin-server.ts";
import { killSharedAgent, sharedAgentPod, startServedCluster, startSharedAgentPod } from "./support/served-cluster.ts";

const fanOut = (key: string, count: number): object => ({
  entrypoint: "main",
  templates: [
    { name: "main", steps: [[{ name: "a", template: "call", withSequence: { count: String(count) } }]] },
    { name: "call", plugin: { [key]: {} } },
  ],
});

describe("agent serve, in a process with others", () => {
  let folder: string;
  let system: System;
  let connection: Connection;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-serve-"));
    system = await startServedCluster(folder);
    connection = system.session.cluster.connection();
    for (const name of ["one", "two"])
      await system.session.client.create(NAMESPACES, undefined, { metadata: { name } });
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** For the length of a test, or until it is stopped; with a plugin that is somewhere else, and a token that somebody has put in its place. */
  const serve = (plugin: PluginServer): (() => Promise<void>) => {
    const signal = new AbortController();
    const tokenFolder = join(folder, "tokens");
    plugin.putToken(tokenFolder);
    const env = {
      ARGO_PLUGIN_NAMES: JSON.stringify([plugin.name]),
      ARGO_PLUGIN_ADDRESSES: JSON.stringify([plugin.address]),
    };
    const ended = runAgentServe({ env, tokenFolder, connection, signal: signal.signal });
    const stop = (): Promise<void> => {
      signal.abort();
      return ended;
    };
    onTestFinished(stop);
    return stop;
  };

  it("runs hello, and makes no pod", async () => {
    const plugin = await PluginServer.start("hello");
    serve(plugin);
    const workflow = await system.run(oneStep("hello"), { name: "hello" });
    expect(workflow.status).toMatchObject({ phase: "Succeeded", progress: "1/1" });
    const { items } = await system.session.client.list(PODS, {});
    expect(items).toEqual([]);
  });

  it("runs fan-outs of 200 over three namespaces at once, with at most so many calls in all", async () => {
    const plugin = await PluginServer.start("hello");
    serve(plugin);
    const counts = { default: 100, one: 60, two: 40 };
    const ended = Object.entries(counts).map(async ([namespace, count]) => {
      const { status } = await system.run(fanOut("hello", count), { namespace, name: "many" });
      expect(status).toMatchObject({ phase: "Succeeded", progress: `${count}/${count}` });
    });
    await Promise.all(ended);
    expect(plugin.calls).toBe(200);
    expect(plugin.mostAtOnce).toBeLessThanOrEqual(16);
  });

  it("makes the requests of http templates", async () => {
    const plugin = await PluginServer.start("hello");
    serve(plugin);
    const spec = { entrypoint: "main", templates: [{ name: "main", http: { url: `${plugin.address}/healthz` } }] };
    const workflow = await system.run(spec, { name: "request" });
    expect(workflow.status.phase).toBe("Succeeded");
    expect(node(workflow, "request")?.outputs?.result).toBe("fine");
  });

  it("tells the plugin when a Workflow is deleted while it runs, and nothing of it is left", async () => {
    const plugin = await PluginServer.start("hello", { polls: true });
    serve(plugin);
    await system.submit(oneStep("hello"), { name: "deleted" });
    await expect.poll(() => plugin.calls).toBe(1);
    await system.session.client.delete(WORKFLOWS, { namespace: "default", name: "deleted" });
    await expect.poll(() => plugin.cancelled).toEqual(["the Workflow has ended or was deleted"]);
    const { items } = await system.session.client.list(WORKFLOW_TASK_SETS, { namespace: "default" });
    expect(items.map(({ metadata }) => metadata.name)).not.toContain("deleted");
  });

  it("is stopped with a call under way, and the next one goes on", async () => {
    const plugin = await PluginServer.start("hello", { delayMs: 300 });
    const stop = serve(plugin);
    await system.submit(fanOut("hello", 20), { name: "handed-over" });
    await expect.poll(() => plugin.calls).toBe(16);
    await stop();
    serve(plugin);
    expect((await system.ended({ name: "handed-over" })).status.progress).toBe("20/20");
    expect(plugin.calls).toBe(20);
  });
});

describe("agent serve, for Workflows of stateless plugins only", () => {
  it("serves those, and agent pods the others", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outrigger-serve-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await using system = await startServedCluster(folder, "stateful");
    const { client, cluster } = system.session;
    const shared = scriptedPlugin({ name: "hello", port: 14_490, answers: [], recordFile: "" });
    const annotations = { "outrigger.dev/stateless": "true" };
    await client.create(CONFIG_MAPS, "argo", { ...shared, metadata: { ...shared.metadata, annotations } });
    const recordFile = join(folder, "own.jsonl");
    await client.create(
      CONFIG_MAPS,
      "argo",
      scriptedPlugin({ name: "own", port: 14_491, answers: [succeeded("own")], recordFile }),
    );
    const plugin = await PluginServer.start("hello");
    plugin.putToken(folder);
    const stop = new AbortController();
    const env = {
      ARGO_PLUGIN_NAMES: JSON.stringify([plugin.name]),
      ARGO_PLUGIN_ADDRESSES: JSON.stringify([plugin.address]),
      OUTRIGGER_TASK_SETS: "shared",
    };
    const ended = runAgentServe({ env, tokenFolder: folder, connection: cluster.connection(), signal: stop.signal });
    const [hello, own] = await Promise.all(["hello", "own"].map((key) => system.run(oneStep(key), { name: key })));
    expect([hello?.status.phase, own?.status.phase]).toEqual(["Succeeded", "Succeeded"]);
    expect([plugin.calls, recordedCalls(recordFile).length]).toEqual([1, 1]);
    const { items } = await client.list(PODS, { namespace: "default" });
    expect(items.map(({ metadata }) => metadata.labels?.["workflows.argoproj.io/workflow"])).toEqual(["own"]);
    stop.abort();
    await ended;
  });
});

// Writes each call down, and answers after a while.
const SLOW = `
import { createServer } from "node:http";
import { appendFileSync, readFileSync } from "node:fs";
const token = readFileSync("/var/run/argo/token", "utf8");
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method !== "POST") return response.writeHead(404).end();
    const { method, url: path, headers } = request;
    if (headers.authorization !== "Bearer " + token) return response.writeHead(403).end("wrong token");
    appendFileSync(process.env.RECORD, JSON.stringify({ method, path, headers, body: JSON.parse(text) }) + "\\n");
    setTimeout(() => response.end(JSON.stringify({ node: { phase: "Succeeded" } })), 150);
  });
}).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");
`;

describe.runIf(existsSync("/proc"))("agent serve, in a pod with its plugin (skipped where there is no /proc)", () => {
  let folder: string;
  let system: System;
  let calls: () => readonly RecordedCall[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-serve-"));
    system = await startServedCluster(folder);
    const recordFile = join(folder, "slow.jsonl");
    calls = () => recordedCalls(recordFile);
    const plugin = scriptedPlugin({ name: "slow", port: 14_480, answers: [], recordFile, source: SLOW });
    await startSharedAgentPod(system, sharedAgentPod(plugin, { ARGO_AGENT_TASK_WORKERS: "4" }));
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is killed during calls: no call is repeated whose answer was saved", async () => {
    await Promise.all([
      system.submit(fanOut("slow", 20), { name: "a" }),
      system.submit(fanOut("slow", 20), { name: "b" }),
    ]);
    await expect.poll(() => calls().length, { timeout: 15_000 }).toBeGreaterThan(14);
    const saved = [...(await savedNodes("a")), ...(await savedNodes("b"))];
    killSharedAgent();
    for (const name of ["a", "b"]) expect((await system.ended({ name })).status.progress).toBe("20/20");
    expect(saved.length).toBeGreaterThan(5);
    const called = calls().map(({ body }) => at(body, "node", "id"));
    for (const id of saved) expect(called.filter((each) => each === id)).toEqual([id]);
    expect(new Set(calls().map(({ headers }) => headers["idempotency-key"])).size).toBe(40);
  });

  /** What has an answer that nobody can lose any more. */
  const savedNodes = async (name: string): Promise<readonly string[]> => {
    const taskSet = await system.session.client.get(WORKFLOW_TASK_SETS, { namespace: "default", name });
    const inLog = Object.entries((at(taskSet, "status", "nodes") ?? {}) as JsonObject);
    const { status } = await system.workflow({ name });
    const inWorkflow = Object.values(status.nodes ?? {}).filter(({ type }) => type === "Plugin");
    return [
      ...inLog.filter(([, result]) => at(result, "phase") === "Succeeded").map(([id]) => id),
      ...inWorkflow.filter(({ phase }) => phase === "Succeeded").map(({ id }) => id),
    ].filter((id, index, all) => all.indexOf(id) === index);
  };
});
