import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "@outrigger/kube";
import type { Agent } from "@outrigger/agent";
import { TestCluster, advanceUntil, stopInTime, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, reply, status, succeed } from "./scripted-plugin.ts";
import type { Script } from "./scripted-plugin.ts";

const START_MS = Date.UTC(2026, 0, 1, 12);
const STOPPED = reply({ node: { phase: "Failed", message: "job 7 was stopped" } });
const RUNNING = reply({ node: { phase: "Running", message: "started" }, requeue: "1h", state: { job: 7 } });
const ANNOTATIONS = {
  "outrigger.dev/cancel": "workflow shutdown with strategy: Stop",
  "outrigger.dev/cancel-until": "2026-01-01T12:00:08Z",
};
const CANCELLED = task("it", {}, { metadata: { annotations: ANNOTATIONS } });

interface Scene {
  readonly plugin: ScriptedPlugin;
  readonly cluster: TestCluster;
  readonly clock: SimulatedClock;
  readonly agent: Agent;
  /** Of calls that the plugin does not answer. */
  readonly held: ServerResponse[];
}

/** A plugin that answers nothing, unless told to; an agent on simulated time. */
async function scene(cancel: Script | undefined, script?: Script): Promise<Scene> {
  const held: ServerResponse[] = [];
  const plugin = await ScriptedPlugin.start(script ?? ((_call, response) => void held.push(response)));
  plugin.cancel = cancel;
  const cluster = await TestCluster.start();
  const clock = new SimulatedClock(START_MS);
  const agent = cluster.startAgent({ at: { it: plugin.address }, clock, random: () => 0 });
  return { plugin, cluster, clock, agent, held };
}

describe("a task that is to be cancelled", () => {
  it("during its call: the call ends, the plugin is told why, and what it says becomes the result", async () => {
    const { plugin, cluster, held } = await scene(STOPPED);
    await cluster.announce({ n1: task("it", { text: "hi" }) });
    await until(() => held.length === 1);
    const hungUp = once(held[0]!, "close");
    await cluster.announce({ n1: CANCELLED });
    await hungUp;
    expect(await cluster.reported("n1")).toEqual({ phase: "Failed", message: "job 7 was stopped" });
    const reason = "workflow shutdown with strategy: Stop";
    expect(plugin.cancels.map(({ body }) => body)).toEqual([{ ...plugin.calls[0]?.body, reason }]);
    expect(plugin.cancels[0]?.headers).toMatchObject({
      "idempotency-key": "uid-1/n1/0",
      authorization: plugin.calls[0]?.headers.authorization,
    });
  });

  it("between two polls: the plugin that has it is told, with its state", async () => {
    const { plugin, cluster } = await scene(STOPPED, RUNNING);
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", ({ phase }) => phase === "Running");
    await cluster.announce({ n1: CANCELLED });
    expect(await cluster.reported("n1")).toEqual({ phase: "Failed", message: "job 7 was stopped" });
    expect(plugin.cancels[0]?.body.state).toEqual({ job: 7 });
    expect(plugin.calls.length).toBe(1);
  });

  it("before an agent has seen it: is told all the same, since an agent before this one may have called", async () => {
    const { plugin, cluster } = await scene(STOPPED);
    await cluster.announce({ n1: CANCELLED });
    expect(await cluster.reported("n1")).toMatchObject({ message: "job 7 was stopped" });
    expect([plugin.calls.length, plugin.cancels.length]).toEqual([0, 1]);
  });

  it("after its answer: stays answered", async () => {
    const { plugin, cluster, clock } = await scene(STOPPED, succeed());
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    await cluster.announce({ n1: CANCELLED, n2: task("it") });
    await cluster.reported("n2");
    await clock.advance(60_000);
    expect((await cluster.results())["n1"]).toMatchObject({ phase: "Succeeded" });
    expect(plugin.cancels.length).toBe(0);
  });

  const said: [what: string, cancel: Script | undefined, message: string][] = [
    ["does not know the method", undefined, ""],
    ["declines", reply({}), ""],
    ["has nothing to say", status(200), ""],
    ["has no content", status(204), ""],
    ["gives no message", reply({ node: { phase: "Failed" } }), ""],
    ["fails", status(500, "oops"), " (plugin it answered template.cancel with 500 Internal Server Error: oops)"],
  ];
  it.each(said)("by a plugin that %s: fails with the reason", async (_what, cancel, message) => {
    const { cluster } = await scene(cancel);
    await cluster.announce({ n1: CANCELLED });
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: `cancelled: workflow shutdown with strategy: Stop${message}`,
    });
  });

  it("by a plugin without the method: is not asked a second time", async () => {
    const { plugin, cluster } = await scene(undefined);
    await cluster.announce({ n1: CANCELLED });
    await cluster.reported("n1");
    await cluster.announce({ n2: CANCELLED });
    await cluster.reported("n2");
    expect(plugin.cancels.length).toBe(1);
  });

  it("by a plugin that is busy: is told again", async () => {
    const { plugin, cluster, clock } = await scene(inTurn(status(503, "busy"), STOPPED));
    await cluster.announce({ n1: CANCELLED });
    await advanceUntil(clock, () => plugin.cancels.length === 2);
    expect(await cluster.reported("n1")).toMatchObject({ message: "job 7 was stopped" });
  });

  it("by a plugin that does not answer: fails when nobody waits any longer", async () => {
    const { plugin, cluster, clock } = await scene(() => {});
    await cluster.announce({ n1: CANCELLED });
    await until(() => plugin.cancels.length === 1);
    await clock.advance(7_999);
    expect((await cluster.results())["n1"]).toBeUndefined();
    await clock.advance(1);
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message:
        "cancelled: workflow shutdown with strategy: Stop (plugin it gave template.cancel no answer: no answer within 8 s)",
    });
  });

  it("does not wait for a slot: others may hold them all", async () => {
    const plugin = await ScriptedPlugin.start(() => {});
    plugin.cancel = STOPPED;
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, limits: { callsPerPlugin: 1 } });
    await cluster.announce({ n1: task("it"), n2: task("it") });
    await until(() => plugin.calls.length === 1);
    await cluster.announce({ n2: CANCELLED });
    expect(await cluster.reported("n2")).toMatchObject({ message: "job 7 was stopped" });
    expect(plugin.calls.length).toBe(1);
  });
});

describe("a task that nobody wants any more", () => {
  it("since it has left the task set: is cancelled, without a result", async () => {
    const { plugin, cluster, held } = await scene(STOPPED);
    await cluster.announce({ n1: task("it"), n2: task("it") });
    await until(() => held.length === 2);
    await cluster.patch({ spec: { tasks: { n1: null } } });
    await until(() => plugin.cancels.length === 1);
    expect(plugin.cancels[0]?.body).toMatchObject({ node: { id: "n1" }, reason: "the task was withdrawn" });
    held[1]?.end(JSON.stringify({ node: { phase: "Succeeded" } }));
    await cluster.reported("n2");
    expect(Object.keys(await cluster.results())).toEqual(["n2"]);
    expect(plugin.cancels.length).toBe(1);
  });

  it("since the task set is deleted: is cancelled before the agent ends; answered ones are not", async () => {
    const { plugin, cluster, agent } = await scene(STOPPED, inTurn(succeed(), RUNNING));
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1");
    await cluster.announce({ n2: task("it") });
    await cluster.reported("n2", ({ phase }) => phase === "Running");
    await cluster.remove();
    expect(await agent.done).toBe("deleted");
    expect(plugin.cancels.map(({ body }) => body)).toMatchObject([
      { node: { id: "n2" }, state: { job: 7 }, reason: "the Workflow was deleted" },
    ]);
  });

  it("is given a grace period, and no more", async () => {
    const { plugin, cluster, clock, agent } = await scene(() => {}, RUNNING);
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", ({ phase }) => phase === "Running");
    await cluster.remove();
    await until(() => plugin.cancels.length === 1);
    let ended = false;
    void agent.done.then(() => (ended = true));
    await clock.advance(9_999);
    expect(ended).toBe(false);
    await advanceUntil(clock, () => ended);
  });
});

describe("an agent that is told to stop", () => {
  it("cancels if it learns in the same moment that its Workflow was deleted", async () => {
    const { plugin, cluster, agent } = await scene(STOPPED, RUNNING);
    await cluster.announce({ n1: task("it") });
    await cluster.reported("n1", ({ phase }) => phase === "Running");
    const stopped = agent.stop();
    await cluster.remove();
    await stopped;
    expect(await agent.done).toBe("deleted");
    expect(plugin.cancels.map(({ body }) => body.reason)).toEqual(["the Workflow was deleted"]);
  });

  it("cancels nothing: the next one goes on", async () => {
    const { plugin, cluster, clock, agent, held } = await scene(STOPPED);
    await cluster.announce({ n1: task("it") });
    await until(() => held.length === 1);
    await stopInTime(agent, clock);
    expect([plugin.cancels.length, await cluster.results()]).toEqual([0, {}]);
    plugin.script = succeed("by the next one");
    cluster.startAgent({ at: { it: plugin.address } });
    expect(await cluster.reported("n1")).toMatchObject({ message: "by the next one" });
    expect(plugin.calls[1]?.body.node).toEqual(plugin.calls[0]?.body.node);
  });
});
