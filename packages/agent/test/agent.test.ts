import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { HttpKubeClient, SimulatedClock, explicitConnection } from "@outrigger/kube";
import { TestCluster, advanceUntil, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, reply, succeed } from "./scripted-plugin.ts";
import type { Script } from "./scripted-plugin.ts";
import { TcpProxy } from "./tcp-proxy.ts";

const COMPLETED = { metadata: { labels: { "workflows.argoproj.io/completed": "true" } } };

/** Lets the test answer when it likes. */
class Held {
  readonly responses: ServerResponse[] = [];
  readonly script: Script = (_call, response) => void this.responses.push(response);

  answer(index: number, message: string): void {
    this.responses[index]?.end(JSON.stringify({ node: { phase: "Succeeded", message } }));
  }
}

describe("the end of an agent", () => {
  it("comes when the task set is completed", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    const agent = cluster.startAgent({ at: { it: plugin.address } });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    await cluster.patch(COMPLETED);
    expect(await agent.done).toBe("completed");
  });

  it("comes when the task set is deleted", async () => {
    const cluster = await TestCluster.start();
    await cluster.announce({});
    const agent = cluster.startAgent({ at: {} });
    await cluster.logged("Agent has started");
    await cluster.remove();
    expect(await agent.done).toBe("deleted");
  });

  it("comes when the task set is that of another Workflow of the same name", async () => {
    const cluster = await TestCluster.start();
    await cluster.announce({ n1: task("it") });
    const agent = cluster.startAgent({ at: {}, workflowUid: "uid-of-the-one-before" });
    expect(await agent.done).toBe("completed");
    expect(await cluster.results()).toEqual({});
  });

  it("breaks off calls under way, and writes nothing more", async () => {
    const held = new Held();
    const plugin = await ScriptedPlugin.start(held.script);
    const cluster = await TestCluster.start();
    const agent = cluster.startAgent({ at: { it: plugin.address } });
    await cluster.announce({ n1: task("it") });
    await until(() => held.responses.length === 1);
    await Promise.all([once(held.responses[0]!, "close"), cluster.patch(COMPLETED)]);
    expect(await agent.done).toBe("completed");
    expect(await cluster.results()).toEqual({});
  });

  it("does not come before there is a task set", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address } });
    await cluster.logged("Agent has started");
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });
});

describe("an agent that is told to stop", () => {
  it("begins nothing new, lets a call finish, and writes its result", async () => {
    const held = new Held();
    const plugin = await ScriptedPlugin.start(held.script);
    const cluster = await TestCluster.start();
    const agent = cluster.startAgent({ at: { it: plugin.address }, limits: { drainMs: 10_000 } });
    await cluster.announce({ n1: task("it") });
    await until(() => held.responses.length === 1);
    const stopped = agent.stop();
    await cluster.announce({ n2: task("it") });
    held.answer(0, "in time");
    await stopped;
    expect(await agent.done).toBe("stopped");
    expect(await cluster.results()).toEqual({ n1: { phase: "Succeeded", message: "in time" } });
    expect(plugin.calls.length).toBe(1);
  });

  it("does not wait for ever for a call: nothing is reported of it", async () => {
    const held = new Held();
    const plugin = await ScriptedPlugin.start(held.script);
    const cluster = await TestCluster.start();
    const agent = cluster.startAgent({ at: { it: plugin.address }, limits: { drainMs: 20 } });
    await cluster.announce({ n1: task("it") });
    await until(() => held.responses.length === 1);
    await agent.stop();
    expect(await cluster.results()).toEqual({});
  });
});

describe("a task that leaves the task set", () => {
  it("has its call broken off, and no result", async () => {
    const held = new Held();
    const plugin = await ScriptedPlugin.start(held.script);
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address } });
    await cluster.announce({ n1: task("it"), n2: task("it") });
    await until(() => held.responses.length === 2);
    const [first, second] = plugin.calls[0]?.body.node?.id === "n1" ? [0, 1] : [1, 0];
    await Promise.all([once(held.responses[first]!, "close"), cluster.patch({ spec: { tasks: { n1: null } } })]);
    held.answer(second, "wanted");
    expect(await cluster.reported("n2")).toMatchObject({ message: "wanted" });
    expect(await cluster.results()).not.toHaveProperty("n1");
  });

  it("and comes again, because its answer was lost, is answered again with the same key", async () => {
    const plugin = await ScriptedPlugin.start(inTurn(succeed("first"), succeed("second")));
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address } });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    // As Argo's controller does: results first, tasks next, and then the Workflow's own update fails.
    await cluster.patch({ status: { nodes: { n1: null } } }, "status");
    await cluster.patch({ spec: { tasks: { n1: null } } });
    await cluster.announce({ n1: task("it") });
    expect(await cluster.reported("n1", ({ message }) => message === "second")).toMatchObject({ phase: "Succeeded" });
    const [first, second] = plugin.calls.map(({ headers }) => headers["idempotency-key"]);
    expect(second).toBe(first);
  });

  it("is not taken for lost: while the results leave first, nothing is called", async () => {
    const clock = new SimulatedClock();
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, clock });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    await cluster.patch({ status: { nodes: { n1: null } } }, "status");
    await clock.advance(5_000);
    await cluster.patch({ spec: { tasks: { n1: null } } });
    await cluster.announce({ n2: task("it") });
    await cluster.reported("n2");
    expect(plugin.calls.map(({ body }) => body.node?.id)).toEqual(["n1", "n2"]);
  });

  it("only as far as its result goes gets that again, without a call", async () => {
    const clock = new SimulatedClock();
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, clock });
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    await cluster.patch({ status: { nodes: { n1: null } } }, "status");
    let again = false;
    void cluster.reported("n1").then(() => (again = true));
    await advanceUntil(clock, () => again, 1_000);
    expect(plugin.calls.length).toBe(1);
  });
});

describe("an agent after an agent", () => {
  it("goes on from the task set: done is done, a poll keeps its time and state, a lost call is made again with its key", async () => {
    const clock = new SimulatedClock(Date.UTC(2026, 0, 1, 12));
    const running = { node: { phase: "Running", message: "started" }, requeue: "2m", state: { job: 7 } };
    const [quick, slow, never] = [
      await ScriptedPlugin.start(succeed()),
      await ScriptedPlugin.start(inTurn(reply(running), succeed("polled"))),
      await ScriptedPlugin.start(inTurn(() => {}, succeed("at last"))),
    ];
    const at = { quick: quick.address, slow: slow.address, never: never.address };
    const cluster = await TestCluster.start();
    const first = cluster.startAgent({ at, clock });
    await cluster.announce({ n1: task("quick"), n2: task("slow"), n3: task("never") });
    await Promise.all([cluster.reported("n1"), cluster.reported("n2", ({ phase }) => phase === "Running")]);
    await until(() => never.calls.length === 1);
    let stopped = false;
    void first.stop().then(() => (stopped = true));
    await advanceUntil(clock, () => stopped);
    const missedMs = clock.now() - Date.UTC(2026, 0, 1, 12);

    cluster.startAgent({ at, clock });
    expect(await cluster.reported("n3")).toMatchObject({ message: "at last" });
    await clock.advance(120_000 - missedMs - 1);
    expect(slow.calls.length).toBe(1);
    await clock.advance(1);
    expect(await cluster.reported("n2")).toEqual({ phase: "Succeeded", message: "polled" });
    expect(slow.calls[1]?.body).toMatchObject({ state: { job: 7 }, node: slow.calls[0]?.body.node });
    expect(never.calls[1]?.headers["idempotency-key"]).toBe(never.calls[0]?.headers["idempotency-key"]);
    expect([quick.calls.length, slow.calls.length, never.calls.length]).toEqual([1, 2, 2]);
  });
});

describe("an API that comes and goes", () => {
  it("loses no task and no result: watch and writes go on where they were", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    const network = await TcpProxy.start(cluster.api.port);
    const connection = explicitConnection({ server: network.url, token: cluster.api.token });
    const client = new HttpKubeClient({ connection });
    onTestFinished(() => client.close());
    const held = new Held();
    plugin.script = held.script;
    await cluster.announce({ n1: task("it") });
    cluster.startAgent({ at: { it: plugin.address }, client });
    await until(() => held.responses.length === 1);

    network.setDown(true);
    await cluster.announce({ n2: task("it") });
    held.answer(0, "while it was away");
    await cluster.logged("Results cannot be written yet");
    network.setDown(false);
    expect(await cluster.reported("n1")).toMatchObject({ message: "while it was away" });
    await until(() => held.responses.length === 2);

    network.drop();
    held.answer(1, "after a break");
    expect(await cluster.reported("n2")).toMatchObject({ message: "after a break" });
    expect(plugin.calls.length).toBe(2);
  });
});

describe("many tasks at once", () => {
  it("are all answered, in far fewer writes than tasks", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    const ids = Array.from({ length: 300 }, (_, index) => `n${index}`);
    await cluster.announce(Object.fromEntries(ids.map((id) => [id, task("it")])));
    const before = Number((await cluster.taskSet())?.metadata.resourceVersion);
    cluster.startAgent({ at: { it: plugin.address } });
    await Promise.all([cluster.reported("n0"), cluster.reported("n299")]);
    let answered = 0;
    await until(
      () => answered === ids.length,
      async () => void (answered = Object.keys(await cluster.results()).length),
    );
    const writes = Number((await cluster.taskSet())?.metadata.resourceVersion) - before;
    expect(writes).toBeLessThan(100);
    expect(plugin.calls.length).toBe(300);
  });
});
