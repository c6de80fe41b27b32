import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "@outrigger/kube";
import { TestCluster, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, reply, succeed } from "./scripted-plugin.ts";

const START_MS = Date.UTC(2026, 0, 1, 12);
const DEADLINE = "2026-01-01T12:00:05.000Z";

/** A task that carries these annotations. */
function annotated(annotations: Readonly<Record<string, string>>) {
  return task("it", {}, { metadata: { annotations } });
}

describe("who a call is for", () => {
  it("is told in the body and in headers: node, attempt, deadline and a key of its own for each attempt", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, clock: new SimulatedClock(START_MS) });
    const annotations = {
      "outrigger.dev/attempt": "2",
      "outrigger.dev/deadline": DEADLINE,
      "outrigger.dev/node-name": "wf[0].ü",
      team: "a",
    };
    await cluster.announce({ n1: annotated(annotations) });
    await cluster.reported("n1");
    expect(plugin.calls[0]?.body.node).toEqual({
      id: "n1",
      name: "wf[0].ü",
      attempt: 2,
      deadline: DEADLINE,
      idempotencyKey: "uid-1/n1/2",
    });
    expect(plugin.calls[0]?.headers).toMatchObject({
      "idempotency-key": "uid-1/n1/2",
      "outrigger-node-id": "n1",
      "outrigger-attempt": "2",
      "outrigger-deadline": DEADLINE,
    });
    expect(plugin.calls[0]?.body.template.metadata).toEqual({ annotations: { team: "a" } });
  });
});

it("a Workflow that was retried by hand makes other calls, under other keys", async () => {
  const plugin = await ScriptedPlugin.start(succeed());
  const cluster = await TestCluster.start();
  cluster.startAgent({ at: { it: plugin.address } });
  await cluster.announce({ n1: annotated({ "outrigger.dev/retries": "2" }) });
  await cluster.reported("n1");
  expect(plugin.calls[0]?.headers["idempotency-key"]).toBe("uid-1/n1/0/2");
  expect(plugin.calls[0]?.body.template.metadata).toEqual({});
});

describe("a deadline", () => {
  it("ends the call under way; there is no further one, and the node is left to the controller", async () => {
    const held: ServerResponse[] = [];
    const plugin = await ScriptedPlugin.start((_call, response) => void held.push(response));
    const cluster = await TestCluster.start();
    const clock = new SimulatedClock(START_MS);
    cluster.startAgent({ at: { it: plugin.address }, clock });
    await cluster.announce({ n1: annotated({ "outrigger.dev/deadline": DEADLINE }) });
    await until(() => held.length === 1);
    const hungUp = once(held[0]!, "close");
    await clock.advance(4_999);
    expect(held[0]?.closed).toBe(false);
    await clock.advance(1);
    await hungUp;
    expect(await cluster.logged("Task's deadline has passed")).toMatchObject({ nodeId: "n1", deadline: DEADLINE });
    await clock.advance(60_000);
    expect([plugin.calls.length, await cluster.results()]).toEqual([1, {}]);
  });

  it("that passes while a task waits for its next poll: the plugin is not called again", async () => {
    const node = { phase: "Running", message: "started" };
    const plugin = await ScriptedPlugin.start(inTurn(reply({ node, requeue: "1m" }), succeed()));
    const cluster = await TestCluster.start();
    const clock = new SimulatedClock(START_MS);
    cluster.startAgent({ at: { it: plugin.address }, clock });
    await cluster.announce({ n1: annotated({ "outrigger.dev/deadline": DEADLINE }) });
    await cluster.reported("n1", (report) => report["message"] === "started");
    await clock.advance(60_000);
    await cluster.logged("Task's deadline has passed");
    expect(plugin.calls.length).toBe(1);
  });
});
