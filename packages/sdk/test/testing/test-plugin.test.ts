import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { RetryableError, definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import type { PluginContext } from "@outrigger/sdk";
import { testPlugin } from "@outrigger/sdk/testing";
import { hello } from "../plugin-under-test.ts";

/** Starts a job, looks at it every two minutes until it is done, and can be stopped. */
function jobs() {
  const begun: (string | undefined)[] = [];
  const stopped: string[] = [];
  const plugin = definePlugin({
    key: "job",
    input: z.object({ polls: z.number().default(2) }),
    output: z.object({ job: z.string() }),
    state: z.object({ job: z.string(), left: z.number() }),
    execute: ({ input, idempotencyKey }) => {
      begun.push(idempotencyKey);
      return running({ message: "queued", requeueAfter: "2m", state: { job: "j-1", left: input.polls } });
    },
    poll: ({ state, input }) => {
      const { job, left } = state;
      if (left === 0) return succeeded({ outputs: { job } });
      const progress = `${input.polls - left + 1}/${input.polls}` as const;
      return running({ progress, requeueAfter: "2m", state: { job, left: left - 1 } });
    },
    cancel: ({ state, reason }) => {
      if (state === undefined) return undefined;
      stopped.push(state.job);
      return `${state.job} was stopped: ${reason}`;
    },
  });
  return { plugin, begun, stopped };
}

/** Works until its signal is aborted, or `release` is called. */
function lasting() {
  const seen: PluginContext[] = [];
  const aborted: unknown[] = [];
  const plugin = definePlugin({
    key: "slow",
    execute: async (context) => {
      seen.push(context);
      if (seen.length > 1) return succeeded({ message: "at last" });
      await once(context.signal, "abort");
      aborted.push(context.signal.reason);
      return failed("nobody reads this");
    },
  });
  return { plugin, seen, aborted };
}

describe("a step", () => {
  it("runs to its end, with what it leaves behind", async () => {
    const run = await testPlugin(hello).run({ input: { any: 1 }, parameters: { name: "Ada" } });
    expect(run).toMatchObject({
      phase: "Succeeded",
      message: "Hello template!",
      outputs: { foo: "bar" },
      elapsedMs: 0,
    });
    expect(run.calls).toMatchObject([
      {
        method: "template.execute",
        atMs: 0,
        request: {
          workflow: { metadata: { name: "test-workflow", namespace: "default", uid: "test-uid" } },
          template: {
            inputs: { parameters: [{ name: "name", value: "Ada" }] },
            plugin: { hello: { any: 1 } },
          },
          node: { id: "step-1", attempt: 0, idempotencyKey: "test-uid/step-1/0" },
        },
        answer: { status: 200 },
      },
    ]);
  });

  it("polls as an agent does, on a clock that takes no time", async () => {
    const startMs = performance.now();
    const run = await testPlugin(jobs().plugin).run({ input: { polls: 500 } });
    expect(run).toMatchObject({ phase: "Succeeded", outputs: { job: "j-1" }, elapsedMs: 501 * 120_000 });
    expect(run.reports.slice(0, 2)).toEqual([
      { atMs: 0, message: "queued", progress: undefined },
      { atMs: 120_000, message: expect.stringMatching(/^polled again at /), progress: "1/500" },
    ]);
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it("fails where its template does not fit, and where the key is none of the plugin's", async () => {
    const test = testPlugin(jobs().plugin);
    expect(await test.run({ input: { polls: "many" } })).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("plugin.job.polls: "),
    });
    expect(await test.run({ key: "other" })).toMatchObject({
      phase: "Failed",
      message: 'no plugin executed the template: other declined the key "other"',
    });
  });

  it("has secrets of the environment that the test gives, and a log that it can read", async () => {
    const plugin = definePlugin({
      key: "it",
      execute: ({ secret, log }) => {
        log.debug({ length: secret("TOKEN").length }, "read");
        return succeeded();
      },
    });
    const test = testPlugin(plugin, { env: { TOKEN: "abc" } });
    await test.run();
    expect(test.log).toMatchObject([{ level: "debug", msg: "read", length: 3, nodeId: "step-1" }]);
    expect(await testPlugin(plugin).run()).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("TOKEN"),
    });
  });

  it("is cancelled when its deadline has passed", async () => {
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ deadlineMs: 180_000 });
    expect(run).toMatchObject({
      phase: "Failed",
      message: "j-1 was stopped: step timed out",
      elapsedMs: 180_000,
    });
    expect(run.calls.map(({ method, atMs }) => [method, atMs])).toEqual([
      ["template.execute", 0],
      ["template.execute", 120_000],
      ["template.cancel", 180_000],
    ]);
  });

  it("of one plugin among several is named by its key", async () => {
    const test = testPlugin([hello, jobs().plugin]);
    expect(await test.run({ key: "hello" })).toMatchObject({ message: "Hello template!" });
    await expect(test.run()).rejects.toThrow("there are several plugins: say by key");
    expect(test.calls).toHaveLength(1);
  });

  it("that never ends fails the test", async () => {
    const plugin = definePlugin({ key: "it", execute: () => running() });
    await expect(testPlugin(plugin, { maxCalls: 7 }).run()).rejects.toThrow("the step has not ended after 7 calls");
  });
});

describe("what is to be tried again", () => {
  const busy = (failures: number) => {
    let calls = 0;
    return definePlugin({
      key: "it",
      execute: () => {
        calls += 1;
        if (calls <= failures) throw new RetryableError("rate limit", { retryAfter: "30s" });
        return succeeded();
      },
    });
  };

  it("is, as long as the agent has tries, after the time that the plugin asks for", async () => {
    expect(await testPlugin(busy(4)).run()).toMatchObject({ phase: "Succeeded", elapsedMs: 120_000 });
    expect(await testPlugin(busy(5)).run()).toMatchObject({
      phase: "Failed",
      message: "plugin it gave template.execute no answer in 5 tries; the last: 503 Service Unavailable: rate limit",
    });
  });
});

describe("faults", () => {
  it("drop: the work is done, the answer lost, and the call made again with the same key", async () => {
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ faults: ["drop", undefined, "drop"] });
    expect(run).toMatchObject({ phase: "Succeeded", elapsedMs: 3 * 120_000 + 2_000 });
    expect(job.begun).toEqual(["test-uid/step-1/0", "test-uid/step-1/0"]);
    expect(run.calls.map(({ fault }) => fault)).toEqual(["drop", undefined, "drop", ...Array(3)]);
  });

  it("unavailable: the plugin sees nothing of it", async () => {
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ faults: ["unavailable"] });
    expect([run.phase, run.calls[0]?.answer, job.begun.length]).toEqual(["Succeeded", undefined, 1]);
  });

  it("timeout: the call's signal is aborted after its time", async () => {
    const slow = lasting();
    const run = await testPlugin(slow.plugin, { callTimeoutMs: 60_000 }).run({ faults: ["timeout"] });
    expect(run).toMatchObject({ phase: "Succeeded", message: "at last", elapsedMs: 61_000 });
    expect(slow.aborted).toEqual([new Error("the caller has gone away")]);
    expect(new Set(slow.seen.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it("duplicate: both arrive at the same time, with one key", async () => {
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ faults: ["duplicate"] });
    expect([run.phase, job.begun]).toEqual(["Succeeded", ["test-uid/step-1/0", "test-uid/step-1/0"]]);
  });

  it("restart: another agent goes on, at a poll with the state", async () => {
    const slow = lasting();
    expect(await testPlugin(slow.plugin).run({ faults: ["restart"] })).toMatchObject({
      phase: "Succeeded",
      elapsedMs: 0,
    });
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ faults: [undefined, "restart"] });
    expect([run.phase, job.begun.length]).toEqual(["Succeeded", 1]);
  });

  it("cancel: the call is ended, and the plugin told", async () => {
    const slow = lasting();
    const run = await testPlugin(slow.plugin).run({ faults: ["cancel"] });
    expect(run).toMatchObject({ phase: "Failed", message: "cancelled: workflow was stopped" });
    expect(slow.aborted).toHaveLength(1);
    expect(run.calls.map(({ method }) => method)).toEqual(["template.execute", "template.cancel"]);
  });

  it("cancelAfter: the plugin stops what it has begun", async () => {
    const job = jobs();
    const run = await testPlugin(job.plugin).run({ faults: [undefined, "cancelAfter"] });
    expect(run.message).toBe("j-1 was stopped: workflow was stopped");
    expect(job.stopped).toEqual(["j-1"]);
  });

  it("of a plugin that is called at most once end the step", async () => {
    const test = testPlugin(jobs().plugin, { atMostOnce: true });
    const once = "the step may or may not have been carried out";
    for (const fault of ["drop", "timeout", "restart"] as const) {
      const run = await test.run({ faults: [fault] });
      expect([run.phase, run.message, run.calls.length]).toEqual(["Failed", expect.stringContaining(once), 1]);
    }
    expect(await test.run({ faults: [undefined, "drop"] })).toMatchObject({ phase: "Succeeded" }); // polls are wanted
  });

  it("show a plugin that does not heed its signal", async () => {
    const plugin = definePlugin({ key: "deaf", execute: () => new Promise<never>(() => {}) });
    const run = testPlugin(plugin, { patienceMs: 20 }).run({ faults: ["timeout"] });
    await expect(run).rejects.toThrow("the plugin has not ended 0.02 s after its signal was aborted");
  });
});

describe("under Argo's agent", () => {
  it("nothing is said of node, state or cancel", async () => {
    const counted: unknown[] = [];
    const plugin = definePlugin({
      key: "it",
      execute: ({ state, nodeId, idempotencyKey }) => {
        counted.push(state, nodeId, idempotencyKey);
        return counted.length < 6 ? running({ state: { a: 1 } }) : succeeded();
      },
    });
    const test = testPlugin(plugin, { agent: "argo" });
    expect(await test.run()).toMatchObject({ phase: "Succeeded" });
    expect(counted.every((fact) => fact === undefined)).toBe(true);
    expect(await test.run({ faults: ["cancelAfter"] })).toMatchObject({ phase: "Succeeded" });
    expect(test.calls.every(({ method }) => method === "template.execute")).toBe(true);
  });
});
