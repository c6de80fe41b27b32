import { describe, expect, it } from "vitest";
import { SimulatedClock } from "@outrigger/kube";
import { TOKEN, TestCluster, advanceUntil, task, until } from "./cluster.ts";
import type { StartOptions } from "./cluster.ts";
import { ScriptedPlugin, freePort, inTurn, reply, status, succeed } from "./scripted-plugin.ts";
import type { Script } from "./scripted-plugin.ts";

const DECLINES = reply({});
const RUNNING = { phase: "Running", message: "Long-running task started" };

interface Scene {
  readonly cluster: TestCluster;
  readonly clock: SimulatedClock;
}

/** An agent on simulated time. */
async function scene(at: StartOptions["at"], limits: StartOptions["limits"] = {}): Promise<Scene> {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1, 12));
  const cluster = await TestCluster.start();
  cluster.startAgent({ at, clock, limits, random: () => 0 });
  return { cluster, clock };
}

describe("the failure table", () => {
  it("503: called again after 1, 2, 4 and 8 s; then the step fails with tries and last error", async () => {
    const plugin = await ScriptedPlugin.start(status(503, "warming up"));
    const { cluster, clock } = await scene({ it: plugin.address });
    const startMs = clock.now();
    await cluster.announce({ n1: task("it") });
    for (const [index, delayMs] of [1_000, 2_000, 4_000, 8_000].entries()) {
      const again = `call retried ${index + 2} of 5: plugin it: 503 Service Unavailable: warming up`;
      await cluster.reported("n1", ({ message }) => message === again);
      await clock.advance(delayMs - 1);
      expect(plugin.calls.length).toBe(index + 1);
      await clock.advance(1);
      await until(() => plugin.calls.length === index + 2);
    }
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: "plugin it gave template.execute no answer in 5 tries; the last: 503 Service Unavailable: warming up",
    });
    expect(clock.now() - startMs).toBe(15_000);
  });

  it("503 with Retry-After: not called before", async () => {
    const busy: Script = (_call, response) => void response.writeHead(503, { "Retry-After": "30" }).end();
    const plugin = await ScriptedPlugin.start(inTurn(busy, succeed()));
    const { cluster, clock } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", ({ message }) => message !== undefined);
    await clock.advance(29_999);
    expect(plugin.calls.length).toBe(1);
    await clock.advance(1);
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });

  it.each([
    [400, "400 Bad Request: no such thing"],
    [403, "403 Forbidden: no such thing"],
    [500, "500 Internal Server Error: no such thing"],
    [504, "504 Gateway Timeout: no such thing"],
  ])("%i: the step fails at once, with status and body", async (code, shown) => {
    const plugin = await ScriptedPlugin.start(status(code, "no such thing"));
    const { cluster } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: `plugin it answered template.execute with ${shown}`,
    });
    expect(plugin.calls.length).toBe(1);
  });

  it("404: the plugin lacks the method, and is not called again for this workflow", async () => {
    const [old, able] = [await ScriptedPlugin.start(status(404)), await ScriptedPlugin.start(succeed("by b"))];
    const { cluster } = await scene({ a: old.address, b: able.address });
    await cluster.announce({ n1: task("x") });
    expect(await cluster.reported("n1")).toMatchObject({ message: "by b" });
    await cluster.announce({ n2: task("y") });
    expect(await cluster.reported("n2")).toMatchObject({ message: "by b" });
    expect([old.calls.length, able.calls.length]).toEqual([1, 2]);
  });

  it("404: nor are calls made that waited for their turn meanwhile", async () => {
    const old = await ScriptedPlugin.start(status(404));
    const { cluster } = await scene({ it: old.address }, { callsPerPlugin: 1 });
    await cluster.announce({ n1: task("it"), n2: task("it"), n3: task("it") });
    for (const id of ["n1", "n2", "n3"]) {
      expect((await cluster.reported(id))["message"]).toBe(
        "no plugin executed the template: it cannot run templates (404)",
      );
    }
    expect(old.calls.length).toBe(1);
  });

  it.each(["{}", "null", '{"node":null}'])(
    "%s: the next plugin is asked, in the order of their names",
    async (body) => {
      const declining = await ScriptedPlugin.start((_call, response) => void response.end(body));
      const able = await ScriptedPlugin.start(succeed("by b"));
      const { cluster } = await scene({ b: able.address, a: declining.address });
      await cluster.announce({ n1: task("x") });
      expect(await cluster.reported("n1")).toMatchObject({ message: "by b" });
      expect(declining.calls.length).toBe(1);
    },
  );

  it("nobody left: the step fails, and the message names who was asked", async () => {
    const [first, second] = [await ScriptedPlugin.start(DECLINES), await ScriptedPlugin.start(status(404))];
    const { cluster } = await scene({ a: first.address, b: second.address });
    await cluster.announce({ n1: task("nobody") });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: 'no plugin executed the template: a declined the key "nobody"; b cannot run templates (404)',
    });
  });

  it("no plugin at all: likewise", async () => {
    const { cluster } = await scene({});
    await cluster.announce({ n1: task("nobody") });
    expect((await cluster.reported("n1"))["message"]).toMatch(
      /^no plugin executed the template: the agent has no plugin/,
    );
  });
});

describe("routing", () => {
  it("asks the owner of a key alone, by its name", async () => {
    const [hello, other] = [await ScriptedPlugin.start(DECLINES), await ScriptedPlugin.start(succeed())];
    const { cluster } = await scene({ "workflow-level-hello-executor-plugin": hello.address, a: other.address });
    await cluster.announce({ n1: task("workflowLevelHello") });
    expect((await cluster.reported("n1"))["message"]).toBe(
      'no plugin executed the template: workflow-level-hello-executor-plugin declined the key "workflowLevelHello"',
    );
    expect([hello.calls.length, other.calls.length]).toEqual([1, 0]);
  });

  it("goes by the keys that plugins claim, before their names", async () => {
    const [named, claiming] = [await ScriptedPlugin.start(succeed()), await ScriptedPlugin.start(succeed("by claim"))];
    claiming.info = { keys: ["hello"] };
    const { cluster } = await scene({ hello: named.address, z: claiming.address });
    await cluster.announce({ n1: task("hello"), n2: task("hello") });
    expect(await cluster.reported("n1")).toMatchObject({ message: "by claim" });
    expect(await cluster.reported("n2")).toMatchObject({ message: "by claim" });
    expect(named.calls).toEqual([]);
    expect(claiming.otherRequests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /api/v1/plugin.info"]);
    expect(claiming.otherRequests[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}` });
  });

  it.each([{ keys: "hello" }, [], "x", { keys: [1] }])("takes a plugin.info of %j for none", async (info) => {
    const [named, other] = [await ScriptedPlugin.start(succeed("by name")), await ScriptedPlugin.start(succeed())];
    other.info = info as object;
    const { cluster } = await scene({ hello: named.address, z: other.address });
    await cluster.announce({ n1: task("hello") });
    expect(await cluster.reported("n1")).toMatchObject({ message: "by name" });
  });

  it("does not ask a plugin that is alone for what it claims", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const { cluster } = await scene({ hello: plugin.address });
    await cluster.announce({ n1: task("anything") });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
    expect(plugin.otherRequests).toEqual([]);
  });
});

describe("a plugin that is not there yet", () => {
  it("is waited for without using up tries; after 2 s the node says for what", async () => {
    const port = await freePort();
    const { cluster, clock } = await scene({ it: `http://localhost:${port}` });
    await cluster.announce({ n1: task("it") });
    const waiting = `plugin it does not listen on localhost:${port} yet (waiting since 2026-01-01T12:00:0`;
    const noted = cluster.reported("n1", ({ message }) => isText(message) && message.startsWith(waiting));
    let seen = false;
    void noted.then(() => (seen = true));
    await advanceUntil(clock, () => seen);
    expect(await noted).toMatchObject({ phase: "Pending", message: expect.stringMatching(/, at most 1m0s\)$/) });

    const plugin = await ScriptedPlugin.start(succeed(), port);
    await advanceUntil(clock, () => plugin.calls.length === 1);
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded", message: "ok" });
  });

  it("within its allowance fails the step, with its name and port; the next task waits for it anew", async () => {
    const port = await freePort();
    const { cluster, clock } = await scene({ it: `http://localhost:${port}` }, { pluginStartMs: 5_000 });
    await cluster.announce({ n1: task("it") });
    let report: object | undefined;
    void cluster.reported("n1").then((found) => (report = found));
    await advanceUntil(clock, () => report !== undefined);
    expect(report).toEqual({
      phase: "Failed",
      message: `plugin it does not listen on localhost:${port}, waited for 5s: see the log of its container`,
    });

    const plugin = await ScriptedPlugin.start(succeed(), port);
    await cluster.announce({ n2: task("it") });
    await advanceUntil(clock, () => plugin.calls.length === 1);
    expect(await cluster.reported("n2")).toMatchObject({ phase: "Succeeded" });
  });

  it("after it was, is a failure that passes: tries are counted", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const { cluster, clock } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    const { port } = plugin;
    await plugin.stop();
    await cluster.announce({ n2: task("it") });
    await cluster.reported("n2", ({ message }) => message === "call retried 2 of 5: plugin it: connection refused");
    const back = await ScriptedPlugin.start(succeed("back"), port);
    await advanceUntil(clock, () => back.calls.length === 1);
    expect(await cluster.reported("n2")).toMatchObject({ message: "back" });
  });

  it("does not hold up the tasks of others", async () => {
    const able = await ScriptedPlugin.start(succeed("by b"));
    const { cluster, clock } = await scene({ absent: `http://localhost:${await freePort()}`, b: able.address });
    await cluster.announce({ n1: task("absent"), n2: task("b") });
    await advanceUntil(clock, () => able.calls.length === 1);
    expect(await cluster.reported("n2")).toMatchObject({ message: "by b" });
  });
});

describe("requeue", () => {
  it("2m: called again in 2 minutes, not before", async () => {
    const plugin = await ScriptedPlugin.start(inTurn(reply({ node: RUNNING, requeue: "2m" }), succeed()));
    const { cluster, clock } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1", ({ phase }) => phase === "Running")).toEqual({
      ...RUNNING,
      poll: { at: "2026-01-01T12:02:00.000Z", plugin: "it" },
    });
    await clock.advance(119_999);
    expect(plugin.calls.length).toBe(1);
    await clock.advance(1);
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded", message: "ok" });
  });

  it.each([
    ["none", undefined, "Long-running task started (the plugin gave no requeue time: polled every 10s)", 10_000],
    ["0s", "0s", "Long-running task started (the plugin gave no requeue time: polled every 10s)", 10_000],
    [
      "10 years",
      "87600h",
      "Long-running task started (requeue 87600h0m0s is too long: polled again after 24h0m0s)",
      86_400_000,
    ],
  ])("%s: the task is not forgotten, and the node says when it is polled", async (_what, requeue, message, afterMs) => {
    const plugin = await ScriptedPlugin.start(inTurn(reply({ node: RUNNING, requeue }), succeed()));
    const { cluster, clock } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", (report) => report["message"] === message);
    await clock.advance(afterMs);
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });

  it("-5m: the step fails, with plugin and method", async () => {
    const plugin = await ScriptedPlugin.start(reply({ node: RUNNING, requeue: "-5m" }));
    const { cluster } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: "plugin it answered template.execute with a requeue that lies in the past: -5m0s",
    });
  });

  it("with an empty phase: polled, and nothing reported", async () => {
    const plugin = await ScriptedPlugin.start(inTurn(reply({ node: { phase: "" }, requeue: "1m" }), succeed()));
    const { cluster, clock } = await scene({ it: plugin.address });
    await cluster.announce({ n1: task("it") });
    await until(() => plugin.calls.length === 1);
    await clock.advance(59_000);
    expect(await cluster.results()).toEqual({});
    await advanceUntil(clock, () => plugin.calls.length === 2);
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });

  it("goes to the plugin that has the task, and what it reported is replaced, not mixed", async () => {
    const node = { phase: "Running", message: "m", progress: "1/2", outputs: { result: "early" } };
    const [a, b] = [
      await ScriptedPlugin.start(inTurn(DECLINES, succeed("stolen"))),
      await ScriptedPlugin.start(
        inTurn(reply({ node, requeue: "1m", state: { old: 1 } }), reply({ node: { phase: "Succeeded" } })),
      ),
    ];
    const { cluster, clock } = await scene({ a: a.address, b: b.address });
    await cluster.announce({ n1: task("x") });
    const poll = { at: "2026-01-01T12:01:00.000Z", plugin: "b", state: '{"old":1}' };
    expect(await cluster.reported("n1", ({ phase }) => phase === "Running")).toEqual({ ...node, poll });
    await clock.advance(60_000);
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded" });
    expect([a.calls.length, b.calls.length]).toEqual([1, 2]);
  });
});

describe("a task that cannot be run", () => {
  it.each([
    [
      "of another type",
      { container: { image: "x" } },
      "the agent runs plugin and http templates; one of type container it cannot run",
    ],
    ["with two plugin keys", { plugin: { a: 1, b: 2 } }, /plugin must have exactly one key, the plugin's, not a, b$/],
    [
      "of a wrong shape",
      { inputs: 3, plugin: { a: 1 } },
      /^the task cannot be read: spec\.tasks\.n1\.inputs must be an object/,
    ],
    ["that is no object", "x", /spec\.tasks\.n1 must be an object, not "x"$/],
  ])("%s fails alone, with the reason", async (_what, template, message) => {
    const plugin = await ScriptedPlugin.start(succeed());
    const { cluster } = await scene({ it: plugin.address });
    await cluster.announce({ n1: template, n2: task("it") });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: expect.stringMatching(message),
    });
    expect(await cluster.reported("n2")).toMatchObject({ phase: "Succeeded" });
  });

  it("because the agent has no token fails, and says so", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    const token = (): Promise<string> => Promise.reject(new Error("no token there"));
    cluster.startAgent({ at: {}, plugins: [{ name: "it", address: plugin.address, token }] });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: "the agent could not run the task: no token there",
    });
  });
});

function isText(value: unknown): value is string {
  return typeof value === "string";
}
