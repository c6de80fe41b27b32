import { describe, expect, it } from "vitest";
import { TestCluster, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, reply, succeed } from "./scripted-plugin.ts";

const RUNNING = { node: { phase: "Running", message: "on it", progress: "1/2" }, requeue: "1h", state: { job: 7 } };

// Of Argo's definition what matters here: there is no field beside these.
const TEXT = { type: "string" };
const ARGO_RESULT = {
  type: "object",
  properties: {
    phase: TEXT,
    message: TEXT,
    progress: TEXT,
    outputs: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

describe("where Argo's schema of WorkflowTaskSets is installed", () => {
  it("the mark of a poll is dropped: the next agent calls at once, without state, with the same idempotency key", async () => {
    const cluster = await TestCluster.start({ resultSchema: ARGO_RESULT });
    const plugin = await ScriptedPlugin.start(inTurn(reply(RUNNING), succeed("done")));
    await cluster.announce({ n1: task("it") });
    const first = cluster.startAgent({ at: { it: plugin.address } });
    expect(await cluster.reported("n1", ({ progress }) => progress === "1/2")).toEqual({
      phase: "Running",
      message: expect.stringContaining("on it") as string,
      progress: "1/2",
    });
    await first.stop();
    cluster.startAgent({ at: { it: plugin.address } });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded", message: "done" });
    expect(plugin.calls.map(({ body }) => Object.hasOwn(body, "state"))).toEqual([false, false]);
    const keys = plugin.calls.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it("within one agent, nothing is lost", async () => {
    const cluster = await TestCluster.start({ resultSchema: ARGO_RESULT });
    const plugin = await ScriptedPlugin.start(inTurn(reply({ ...RUNNING, requeue: "50ms" }), succeed()));
    cluster.startAgent({ at: { it: plugin.address } });
    await cluster.announce({ n1: task("it") });
    await until(() => plugin.calls.length === 2);
    expect(plugin.calls[1]?.body.state).toEqual({ job: 7 });
    await cluster.reported("n1");
  });
});
