import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Informer, WORKFLOWS, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import { isFulfilled, taskSetParser } from "@outrigger/types";
import { recordedCalls, scriptedPlugin } from "../support/scripted-plugin.ts";
import { System, node } from "../support/system.ts";

const MAX_OPEN_TASKS = 10;
const PORT = 15_401;

// Answers with as many bytes as it is asked for: all the same, or ("noise") beyond compressing.
const SOURCE = `
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method !== "POST") return response.writeHead(404).end();
    const body = JSON.parse(text);
    appendFileSync(process.env.RECORD, JSON.stringify({ path: request.url, body: {} }) + "\\n");
    const { sizeBytes, noise } = body.template.plugin.large;
    const result = noise ? randomBytes(Number(sizeBytes)).toString("base64").slice(0, sizeBytes) : "x".repeat(sizeBytes);
    response.end(JSON.stringify({ node: { phase: "Succeeded", outputs: { result } } }));
  });
}).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");
`;

function fanOut(sizesBytes: readonly number[], noise = false): object {
  const each = {
    name: "each",
    template: "call",
    withItems: sizesBytes,
    continueOn: { failed: true },
    arguments: { parameters: [{ name: "size", value: "{{item}}" }] },
  };
  const plugin = { large: { sizeBytes: "{{inputs.parameters.size}}", ...(noise ? { noise } : {}) } };
  return {
    entrypoint: "main",
    templates: [
      { name: "main", steps: [[each]] },
      { name: "call", inputs: { parameters: [{ name: "size" }] }, plugin },
    ],
  };
}

describe("a large Workflow", () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({
      controllerEnv: {
        ARGO_EXECUTOR_PLUGINS: "true",
        OUTRIGGER_AGENT_LINGER: "0s",
        OUTRIGGER_MAX_OPEN_TASKS: String(MAX_OPEN_TASKS),
      },
    });
    const plugin = { name: "large", port: PORT, answers: [], recordFile: system.file("calls"), source: SOURCE };
    await system.session.apply([scriptedPlugin(plugin)]);
  });
  afterAll(() => system[Symbol.asyncDispose]());

  it("keeps nodes beyond 1 MiB compressed, and makes no call twice for lack of room", async () => {
    const before = recordedCalls(system.file("calls")).length;
    const workflow = await system.run(fanOut(Array.from({ length: 20 }, () => 100_000)), { name: "compressed" });
    const results = Object.values(workflow.status.nodes ?? {}).filter(({ type }) => type === "Plugin");
    expect(workflow.status).toMatchObject({ phase: "Succeeded", progress: "20/20" });
    expect(results.map(({ outputs }) => outputs?.result?.length)).toEqual(results.map(() => 100_000));
    expect([results.length, recordedCalls(system.file("calls")).length - before]).toEqual([20, 20]);
    const stored = await system.session.client.get(WORKFLOWS, { namespace: "default", name: "compressed" });
    expect(stored["status"]).not.toHaveProperty("nodes");
    expect(stored["status"]).toHaveProperty("compressedNodes", expect.stringMatching(/^H4sI/));
  });

  it("that cannot be stored even so ends with a message, and leaves nothing behind", async () => {
    const sizes = Array.from({ length: 20 }, () => 100_000);
    const workflow = await system.run(fanOut(sizes, true), { name: "too-large" });
    expect(workflow.status.phase).toBe("Error");
    expect(workflow.status.message).toMatch(/^the Workflow takes \d+ bytes with its nodes compressed, and 1048576 are/);
    await vi.waitFor(
      async () => {
        const found = await system.session.client.get(WORKFLOW_TASK_SETS, { namespace: "default", name: "too-large" });
        const taskSet = taskSetParser(found, "");
        expect(taskSet.ok && taskSet.value).toMatchObject({ spec: { tasks: {} }, status: { nodes: {} } });
      },
      { timeout: 10_000, interval: 20 },
    );
  });

  it("loses one node to an answer that is too large, and no other", async () => {
    const workflow = await system.run(fanOut([10, 1_800_000, 20, 3_000_000]), { name: "one-too-large" });
    expect(workflow.status.phase).toBe("Succeeded");
    expect(node(workflow, "each(1:1800000)")).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/^the result, 18\d+ bytes, cannot be stored: /),
    });
    expect(node(workflow, "each(3:3000000)")).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/more than the 2097152 bytes that an answer may have/),
    });
    expect(node(workflow, "each(2:20)")).toMatchObject({ phase: "Succeeded", outputs: { result: "x".repeat(20) } });
  });

  it("is brought to the agent in waves", async () => {
    const { client } = system.session;
    const open: number[] = [];
    const taskSets = new Informer({ client, resource: WORKFLOW_TASK_SETS, namespace: "default" });
    taskSets.onChange(({ object }) => {
      const taskSet = taskSetParser(object, "");
      if (!taskSet.ok || object.metadata.name !== "waves") return;
      const { spec, status } = taskSet.value;
      const ids = Object.keys(spec.tasks) as (keyof typeof spec.tasks)[];
      open.push(ids.filter((id) => !isFulfilled(status.nodes[id]?.phase)).length);
    });
    taskSets.start();
    const workflow = await system.run(fanOut(Array.from({ length: 60 }, (_, index) => index + 1)), { name: "waves" });
    await taskSets.stop();
    expect(workflow.status).toMatchObject({ phase: "Succeeded", progress: "60/60" });
    expect(Math.max(...open)).toBe(MAX_OPEN_TASKS);
  });
});
