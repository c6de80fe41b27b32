import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "@outrigger/kube";
import { TestCluster, advanceUntil, stopInTime, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, reply, status, succeed } from "./scripted-plugin.ts";
import type { Script } from "./scripted-plugin.ts";

const ONCE = { atMostOnce: true } as const;
const INTENT = { phase: "Running", message: "plugin it is being called, once only" };
const RULE = "(outrigger.dev/at-most-once): the step may or may not have been carried out";
const drop: Script = (_call, response) => void response.destroy();

describe("a plugin that is called at most once", () => {
  it("is called only after that has been saved, and answers as any other", async () => {
    const held: ServerResponse[] = [];
    const plugin = await ScriptedPlugin.start((_call, response) => void held.push(response));
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE });
    await cluster.announce({ n1: task("it") });
    await until(() => held.length === 1);
    expect((await cluster.results())["n1"]).toEqual(INTENT);
    held[0]?.end(JSON.stringify({ node: { phase: "Succeeded" } }));
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded" });
  });

  it("is not called again by the next agent if the one before has ended during the call", async () => {
    const plugin = await ScriptedPlugin.start(() => {});
    const cluster = await TestCluster.start();
    const first = cluster.startAgent({ at: { it: plugin.address }, rules: ONCE, limits: { drainMs: 1 } });
    await cluster.announce({ n1: task("it") });
    await until(() => plugin.calls.length === 1);
    await first.stop();
    plugin.script = succeed();
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: `the agent was interrupted while it called plugin it, and does not call it again ${RULE}`,
    });
    await cluster.announce({ n2: task("it") });
    await cluster.reported("n2");
    expect(plugin.calls.map(({ body }) => body.node?.id)).toEqual(["n1", "n2"]);
  });

  it("is not called again when the connection breaks", async () => {
    const plugin = await ScriptedPlugin.start(drop);
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE });
    await cluster.announce({ n1: task("it") });
    expect((await cluster.reported("n1"))["message"]).toBe(
      `plugin it gave template.execute no answer (connection dropped without an answer), and is not called again ${RULE}`,
    );
    expect(plugin.calls.length).toBe(1);
  });

  it("is called again if it asks for that itself, and only after that has been saved", async () => {
    const held: ServerResponse[] = [];
    const plugin = await ScriptedPlugin.start(
      inTurn(status(503, "busy"), (_call, response) => void held.push(response)),
    );
    const cluster = await TestCluster.start();
    const clock = new SimulatedClock(0);
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE, clock });
    await cluster.announce({ n1: task("it") });
    const again = "call retried 2 of 5: plugin it: 503 Service Unavailable: busy";
    await advanceUntil(clock, () => plugin.calls.length === 1);
    await cluster.reported("n1", ({ message }) => message === again);
    await advanceUntil(clock, () => held.length === 1);
    expect((await cluster.results())["n1"]).toEqual(INTENT);
    held[0]?.end(JSON.stringify({ node: { phase: "Succeeded" } }));
    await cluster.reported("n1");
  });

  it("is polled like any other: also by the next agent, also when a poll breaks", async () => {
    const node = { phase: "Running", message: "started" };
    const plugin = await ScriptedPlugin.start(reply({ node, requeue: "10s" }));
    const cluster = await TestCluster.start();
    const clock = new SimulatedClock(0);
    const first = cluster.startAgent({ at: { it: plugin.address }, rules: ONCE, clock });
    await cluster.announce({ n1: task("it") });
    await advanceUntil(clock, () => plugin.calls.length === 1);
    await cluster.reported("n1", ({ message }) => message === "started");
    await stopInTime(first, clock);
    plugin.script = inTurn(drop, succeed("done"));
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE, clock });
    await advanceUntil(clock, () => plugin.calls.length === 3);
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded", message: "done" });
  });

  it("and declines, leaves the task to the next one", async () => {
    const [a, b] = [await ScriptedPlugin.start(reply({})), await ScriptedPlugin.start(succeed("by b"))];
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { a: a.address, b: b.address }, rules: ONCE });
    await cluster.announce({ n1: task("x") });
    expect(await cluster.reported("n1")).toMatchObject({ message: "by b" });
  });

  it("and reports nothing but a time to be polled at, is not taken for interrupted", async () => {
    const plugin = await ScriptedPlugin.start(inTurn(reply({ node: { phase: "" }, requeue: "1h" })));
    const cluster = await TestCluster.start();
    const first = cluster.startAgent({ at: { it: plugin.address }, rules: ONCE });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", ({ phase }) => phase === "Pending");
    await first.stop();
    plugin.script = succeed();
    cluster.startAgent({ at: { it: plugin.address }, rules: ONCE });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });
});

describe("a plugin with a time-out of its own", () => {
  it("has so much time for a call, and others have the agent's", async () => {
    const plugin = await ScriptedPlugin.start(() => {});
    const cluster = await TestCluster.start();
    const clock = new SimulatedClock(0);
    cluster.startAgent({ at: { it: plugin.address }, rules: { callTimeoutMs: 120_000 }, clock });
    await cluster.announce({ n1: task("it") });
    await until(() => plugin.calls.length === 1);
    await clock.advance(119_999);
    expect((await cluster.results())["n1"]).toBeUndefined();
    await clock.advance(1);
    const message = "call retried 2 of 5: plugin it: no answer within 120 s";
    await cluster.reported("n1", (report) => report["message"] === message);
  });
});
