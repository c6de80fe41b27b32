import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WORKFLOWS } from "@outrigger/kube";
import { at, recordedCalls, scriptedPlugin } from "../support/scripted-plugin.ts";
import type { RecordedCall } from "../support/scripted-plugin.ts";
import { System, node } from "../support/system.ts";

// A plugin without our SDK: works on `poll` between polls, on `hang` and `stuck` without end, breaks off on `break`, and can cancel all but `stuck`.
const SOURCE = `
import { createServer } from "node:http";
import { appendFileSync } from "node:fs";
process.on("SIGTERM", () => setTimeout(() => process.exit(0), 2_000));
const answers = {
  poll: (response) => response.end('{"node":{"phase":"Running"},"requeue":"1h","state":{"job":7}}'),
  hang: () => {},
  stuck: () => {},
  break: (response) => response.destroy(),
};
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method !== "POST") return response.writeHead(404).end();
    const body = JSON.parse(text);
    appendFileSync(process.env.RECORD, JSON.stringify({ path: request.url, body }) + "\\n");
    const mode = Object.values(body.template.plugin)[0];
    if (request.url.endsWith("cancel") && mode === "stuck") return response.writeHead(500).end("no way");
    if (request.url.endsWith("cancel")) return response.end('{"node":{"phase":"Failed","message":"job stopped"}}');
    answers[mode](response);
  });
}).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");
`;

describe("work that nobody wants any more", () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({
      controllerEnv: { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_LINGER: "0s" },
    });
    const plugin = { port: 15_301, answers: [], recordFile: system.file("work"), source: SOURCE };
    const once = { ...plugin, name: "once", port: 15_302, recordFile: system.file("once") };
    const { metadata, ...onceMap } = scriptedPlugin(once);
    const annotations = { "outrigger.dev/at-most-once": "true" };
    await system.session.apply([
      scriptedPlugin({ ...plugin, name: "work" }),
      { ...onceMap, metadata: { ...metadata, annotations } },
    ]);
  });
  afterAll(() => system[Symbol.asyncDispose]());

  const callsOf = (name: string, method: string): readonly RecordedCall[] =>
    recordedCalls(system.file("work")).filter(
      ({ path, body }) => path.endsWith(method) && at(body, "workflow", "metadata", "name") === name,
    );

  /** A Workflow of one step, once its plugin works on it. */
  async function working(name: string, mode: string): Promise<void> {
    await system.submit({ entrypoint: "main", templates: [{ name: "main", plugin: { work: mode } }] }, { name });
    await vi.waitFor(() => expect(callsOf(name, "execute").length).toBe(1), { timeout: 15_000, interval: 20 });
  }

  it.each([
    ["poll", "Stopped with strategy 'Stop': job stopped"],
    ["hang", "Stopped with strategy 'Stop': job stopped"],
    [
      "stuck",
      "Stopped with strategy 'Stop' (plugin work-executor-plugin answered template.cancel with 500 Internal Server Error: no way)",
    ],
  ])("is ended when its Workflow is stopped, and the plugin has the last word: %s", async (mode, message) => {
    const name = `stopped-${mode}`;
    await working(name, mode);
    const patch = { type: "merge", body: { spec: { shutdown: "Stop" } } } as const;
    await system.session.client.patch(WORKFLOWS, { namespace: "default", name }, patch);
    const workflow = await system.ended({ name });
    expect(node(workflow, name)).toMatchObject({ phase: "Failed", message });
    const [executed] = callsOf(name, "execute");
    expect(callsOf(name, "cancel").map(({ body }) => body)).toMatchObject([
      { node: at(executed?.body, "node"), reason: "Stopped with strategy 'Stop'" },
    ]);
  });

  it("is ended when its time is over", async () => {
    const spec = { entrypoint: "main", templates: [{ name: "main", timeout: "1s", plugin: { work: "hang" } }] };
    const workflow = await system.run(spec, { name: "late" });
    expect(node(workflow, "late")?.message).toMatch(/^timeout: .*: job stopped$/);
    expect(callsOf("late", "cancel").length).toBe(1);
    expect(at(callsOf("late", "execute")[0]?.body, "node", "deadline")).toMatch(/^\d{4}-.*Z$/);
  });

  it("is ended when its Workflow is deleted, state and all", async () => {
    await working("deleted", "poll");
    await vi.waitFor(async () => {
      expect(node(await system.workflow({ name: "deleted" }), "deleted")?.phase).toBe("Running");
    });
    await system.session.client.delete(WORKFLOWS, { namespace: "default", name: "deleted" });
    await vi.waitFor(() => expect(callsOf("deleted", "cancel").length).toBe(1), { timeout: 15_000, interval: 20 });
    expect(callsOf("deleted", "cancel")[0]?.body).toMatchObject({ state: { job: 7 } });
  });

  it("is not begun a second time by a plugin that is called at most once", async () => {
    const spec = { entrypoint: "main", templates: [{ name: "main", plugin: { once: "break" } }] };
    const { status } = await system.run(spec, { name: "once" });
    expect(status.message).toMatch(/^plugin once-executor-plugin gave template\.execute no answer .*at-most-once/);
    expect(recordedCalls(system.file("once")).length).toBe(1);
  });
});
