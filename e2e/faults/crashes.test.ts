import { steadyTime, systemClock } from "@outrigger/kube";
import type { Workflow } from "@outrigger/types";
import { describe, expect, it, onTestFinished } from "vitest";
import { chain, faulty, once } from "./support/chain.ts";
import { NO_FAULTS } from "./support/faulty-api.ts";
import type { FaultPlan } from "./support/faulty-api.ts";
import { FaultyWorld } from "./support/faulty-world.ts";
import type { FaultyWorldOptions } from "./support/faulty-world.ts";

async function startWorld(options: Partial<FaultyWorldOptions> = {}): Promise<FaultyWorld> {
  const world = await FaultyWorld.start({ plan: () => NO_FAULTS, callFault: () => "none", ...options });
  onTestFinished(() => world.stop());
  return world;
}

function messageOf({ status }: Workflow, name: string): string | undefined {
  return Object.values(status?.nodes ?? {}).find(({ displayName }) => displayName === name)?.message;
}

/** The results of steps do not reach the API as long as `held` is true. */
function resultsHeld(held: () => boolean): FaultPlan {
  return {
    ...NO_FAULTS,
    request: ({ method, path }) =>
      held() && method === "PATCH" && path.endsWith("/status") ? { kind: "lose", when: "before" } : { kind: "pass" },
  };
}

describe("the controller is killed", () => {
  it("after each step of a chain: the next one goes on, each call is made once", async () => {
    const world = await startWorld();
    await world.submit(chain("wf", [faulty(), faulty(), faulty(), faulty()]));
    for (let step = 1; step <= 4; step += 1) {
      await world.until(`call ${step}`, () => (world.journal.calls().length >= step ? true : undefined));
      await world.crashController();
      await world.startController();
    }
    const workflow = await world.ended("wf");
    expect(workflow.status?.phase).toBe("Succeeded");
    expect(world.journal.calls().length).toBe(4);
  });
});

describe("the agent is killed", () => {
  async function crash(world: FaultyWorld): Promise<void> {
    const [agent = ""] = world.agents;
    await world.crashAgent(agent);
  }

  it("during a call: the next one calls again, with the same idempotency key", async () => {
    const world = await startWorld();
    await world.submit(chain("wf", [faulty({ delayMs: 300 })]));
    await world.until("the call", () => world.journal.calls()[0]);
    await crash(world);
    expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
    const keys = world.journal.calls().map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it("during a call that must not be repeated: the step fails and says so", async () => {
    const world = await startWorld();
    await world.submit(chain("wf", [once({ delayMs: 300 })]));
    await world.until("the call", () => world.journal.calls()[0]);
    await crash(world);
    const workflow = await world.ended("wf");
    expect(workflow.status?.phase).toBe("Failed");
    expect(messageOf(workflow, "s0")).toContain("outrigger.dev/at-most-once");
    expect(world.journal.calls().length).toBe(1);
  });

  it("between the answer and its being saved: again with the same key, or not at all", async () => {
    let held = true;
    const world = await startWorld({
      plan: (client) => (client === "controller" ? NO_FAULTS : resultsHeld(() => held)),
    });
    await world.submit(chain("again", [faulty()]));
    await world.until("the call", () => world.journal.calls()[0]);
    held = false;
    await crash(world);
    expect((await world.ended("again")).status?.phase).toBe("Succeeded");
    const keys = world.journal.calls().map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it("while a task waits for its requeue: the poll comes in time, with the plugin's state", async () => {
    const world = await startWorld();
    await world.submit(chain("wf", [faulty({ polls: 1, requeue: "400ms" })]));
    await world.until("the answer is saved", () => world.journal.events.find(({ kind }) => kind === "saved"));
    await crash(world);
    expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
    expect(world.journal.calls().map(({ isPoll }) => isPoll)).toEqual([false, true]);
  });
});

describe("the plugin is killed", () => {
  it("before a call: the agent waits for it to come back", async () => {
    const world = await startWorld({ controllerEnv: { OUTRIGGER_PLUGIN_RETRY_DELAY: "100ms" } });
    await world.submit(chain("wf", [faulty(), faulty({ polls: 1, requeue: "200ms" })]));
    await world.until("the second step", () => world.journal.calls()[1]);
    await world.plugin.stop();
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than the requeue: the poll finds nobody
    await world.plugin.start();
    expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
    expect(world.journal.calls().length).toBe(3);
  });
});

describe("the API server", () => {
  it("is gone for a while: nothing is lost, no answer asked for twice", async () => {
    let down = false;
    const plan: FaultPlan = {
      ...NO_FAULTS,
      request: () => (down ? { kind: "lose", when: "before" } : { kind: "pass" }),
    };
    const world = await startWorld({ plan: () => plan });
    await world.submit(chain("wf", [faulty(), faulty({ delayMs: 200 }), faulty()]));
    await world.until("the second step", () => world.journal.calls()[1]);
    down = true;
    await world.breakConnections();
    await new Promise((resolve) => setTimeout(resolve, 500)); // the call's answer comes meanwhile
    down = false;
    expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
    expect(world.journal.calls().length).toBe(3);
  });
});

describe("the clock", () => {
  it.each([
    ["back", -3_600_000],
    ["forward", 3_600_000],
  ])(
    "is put %s by an hour while a task waits for its requeue: the poll comes in time all the same",
    async (_way, stepMs) => {
      let offsetMs = 0;
      const clock = { ...systemClock, now: steadyTime(() => Date.now() + offsetMs) };
      const world = await startWorld({ clock });
      await world.submit(chain("wf", [faulty({ polls: 1, requeue: "400ms" }), faulty()]));
      await world.until("the answer is saved", () => world.journal.events.find(({ kind }) => kind === "saved"));
      offsetMs = stepMs;
      expect((await world.ended("wf")).status?.phase).toBe("Succeeded");
      expect(world.journal.calls().length).toBe(3);
    },
  );
});
