import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalCluster } from "outrigger/testing";
import type { LocalCluster } from "outrigger/testing";

const MANIFEST = `apiVersion: argoproj.io/v1alpha1
kind: ExecutorPlugin
metadata: {name: echo}
spec:
  sidecar:
    container:
      name: echo-executor-plugin
      image: node:24-alpine
      command: [node, -e]
      ports: [{containerPort: 15711}]
      env:
        - {name: OUTRIGGER_PORT, value: "15711"}
        - {name: WORD, valueFrom: {secretKeyRef: {name: word, key: word}}}
      resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {cpu: 100m, memory: 64Mi}}
      securityContext: {runAsNonRoot: true}
`;

// Not with the SDK: the cluster takes plugins of any making.
const SERVER = `require("node:http").createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk)).on("end", () => {
    const { echo } = JSON.parse(body || "{}").template?.plugin ?? {};
    if (echo === undefined) return response.end("{}");
    const parameters = [{ name: "word", value: process.env.WORD }];
    const phase = echo.fail ? "Failed" : echo.wait ? "Running" : "Succeeded";
    response.end(JSON.stringify({ node: { phase, message: echo.text, outputs: { parameters } }, ...(echo.wait ? { requeue: "1h" } : {}) }));
  });
}).listen(process.env.OUTRIGGER_PORT, "127.0.0.1");`;

function workflow(echo: object): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { generateName: "echo-" },
    spec: {
      entrypoint: "main",
      arguments: { parameters: [{ name: "text", value: "hello" }] },
      templates: [
        { name: "main", steps: [[{ name: "say", template: "echo" }]] },
        { name: "echo", plugin: { echo: { text: "{{workflow.parameters.text}}", ...echo } } },
      ],
    },
  };
}

describe("a cluster for tests", () => {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-local-cluster-"));
  const log: string[] = [];
  let cluster: LocalCluster;

  beforeAll(async () => {
    mkdirSync(join(folder, "echo"));
    writeFileSync(join(folder, "echo/plugin.yaml"), MANIFEST);
    writeFileSync(join(folder, "echo/server.cjs"), SERVER);
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "word" },
      stringData: { word: "secret word" },
    };
    cluster = await startLocalCluster({
      plugins: [join(folder, "echo")],
      objects: [secret],
      log: (line) => void log.push(line),
    });
  });

  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  it("runs Workflows to their end", async () => {
    const run = await cluster.run(workflow({}), { parameters: { text: "good day" } });
    expect(run).toMatchObject({ phase: "Succeeded", name: expect.stringMatching(/^echo-/) });
    expect(run.node("say")).toEqual({
      name: "say",
      type: "Plugin",
      phase: "Succeeded",
      message: "good day",
      outputs: { word: "secret word" },
      result: undefined,
    });
    expect(() => run.node("shout")).toThrow(/has no node "shout"; it has echo-.*, say/);
    expect(log.some((line) => line.includes("Executor plugin added"))).toBe(true);
  });

  it("answers one that fails, and rejects one that is none or does not end", async () => {
    expect(await cluster.run(workflow({ fail: true }))).toMatchObject({ phase: "Failed" });
    await expect(cluster.run({ kind: "Workflow", spec: {} })).rejects.toThrow("workflow");
    await expect(cluster.run(workflow({ wait: true }), { timeoutMs: 500 })).rejects.toThrow(
      /the Workflow has not ended after 0.5 s \(timeoutMs\); what is open:(.|\n)*say Running hello/,
    );
  });
});
