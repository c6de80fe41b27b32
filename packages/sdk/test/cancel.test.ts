import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { RetryableError, definePlugin, running, succeeded } from "@outrigger/sdk";
import type { CancelContext, Plugin } from "@outrigger/sdk";
import { call, hello, requestFor, serving } from "./plugin-under-test.ts";

const CANCEL = { path: "/api/v1/template.cancel" };

function bodyFor(nodeId: string, more: object = {}): object {
  const node = { id: nodeId, attempt: 0, idempotencyKey: `uid-1/${nodeId}/0` };
  return requestFor({ it: { text: "hi" } }, { node, ...more });
}

/** A plugin whose steps last until their signal is aborted. */
function lasting(cancel: Pick<Plugin, "cancel"> = {}) {
  const begun = new Map<string, AbortSignal>();
  const plugin = definePlugin({
    key: "it",
    execute: async ({ nodeId = "", signal }) => {
      begun.set(nodeId, signal);
      await once(signal, "abort");
      throw signal.reason;
    },
    ...cancel,
  });
  return { plugin, begun };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe("template.cancel", () => {
  it("ends the call of execute with the same key, and no other", async () => {
    const { plugin, begun } = lasting();
    const server = await serving(plugin);
    const other = new AbortController();
    const calls = [call(server.url, bodyFor("a")), call(server.url, bodyFor("b"), { signal: other.signal })];
    await until(() => begun.size === 2);
    const answer = await call(server.url, bodyFor("a", { reason: "workflow was stopped" }), CANCEL);
    expect([answer.status, answer.json]).toEqual([200, { node: { phase: "Failed" } }]);
    expect((await calls[0])?.json).toEqual({
      node: { phase: "Failed", message: "the step was cancelled: workflow was stopped" },
    });
    expect(server.logLines.at(-1)).toMatchObject({ level: "info", msg: "Step was ended", nodeId: "a" });
    expect(begun.get("b")?.aborted).toBe(false);
    other.abort();
    await expect(calls[1]).rejects.toThrow("aborted");
  });

  it("lets the plugin end what it has begun: it knows the step, its state and why, and has the last word", async () => {
    const seen: CancelContext[] = [];
    const cancel = (context: CancelContext): string => {
      seen.push(context);
      return "job 7 was stopped";
    };
    const { url } = await serving(lasting({ cancel }).plugin);
    const answer = await call(url, bodyFor("a", { reason: "step timed out", state: { job: 7 } }), CANCEL);
    expect(answer.json).toEqual({ node: { phase: "Failed", message: "job 7 was stopped" } });
    expect(seen).toMatchObject([
      { input: { text: "hi" }, nodeId: "a", idempotencyKey: "uid-1/a/0", state: { job: 7 }, reason: "step timed out" },
    ]);
  });

  it("may come before execute, after it, and more than once", async () => {
    const reasons: string[] = [];
    const plugin: Plugin = { ...hello, key: "it", cancel: async ({ reason }) => void reasons.push(reason) };
    const { url } = await serving(plugin);
    await call(url, bodyFor("a"), CANCEL);
    expect((await call(url, bodyFor("a"))).json).toMatchObject({ node: { phase: "Succeeded" } });
    await call(url, bodyFor("a", { reason: "late" }), CANCEL);
    expect(reasons).toEqual(["no reason was given", "late"]);
  });

  it("still comes through while the plugin is being stopped, as when its Workflow is deleted", async () => {
    const reasons: string[] = [];
    const plugin = definePlugin({
      key: "it",
      execute: ({ nodeId }) => (nodeId === "a" ? running({ requeueAfter: "1h" }) : succeeded()),
      cancel: ({ reason }) => void reasons.push(reason),
    });
    const server = await serving(plugin);
    await call(server.url, bodyFor("a"));
    await call(server.url, bodyFor("b"));
    const stopped = server.stop();
    expect((await call(server.url, bodyFor("a"))).status).toBe(503);
    await call(server.url, bodyFor("a", { reason: "deleted" }), CANCEL);
    await stopped;
    expect(reasons).toEqual(["deleted"]);
  });

  it("is not what a call has to wait for that its caller has left: the plugin ends when that has cleaned up", async () => {
    const cleanedUp = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const plugin = definePlugin({
      key: "it",
      execute: async ({ signal }) => {
        begun.resolve();
        await once(signal, "abort");
        await cleanedUp.promise;
        return succeeded();
      },
    });
    const server = await serving(plugin);
    const caller = new AbortController();
    const answer = call(server.url, bodyFor("a"), { signal: caller.signal });
    await begun.promise;
    caller.abort();
    await expect(answer).rejects.toThrow("aborted");
    let stopped = false;
    const stopping = server.stop().then(() => (stopped = true));
    await call(server.url, bodyFor("a"), CANCEL);
    expect(stopped).toBe(false);
    cleanedUp.resolve();
    await stopping;
  });

  it.each([
    ["throws", new Error("no such job"), 200, "the plugin failed to cancel the step: no such job"],
    ["cannot yet", new RetryableError("busy"), 503, "busy"],
  ])("says so if the plugin %s", async (_what, error, status, message) => {
    const { url } = await serving(lasting({ cancel: () => Promise.reject(error) }).plugin);
    const answer = await call(url, bodyFor("a"), CANCEL);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(message)]);
  });

  it("declines what is another plugin's, and does without a key, as Argo's agent does", async () => {
    const { url } = await serving([hello, definePlugin({ key: "it", execute: () => succeeded() })]);
    expect((await call(url, requestFor({ slack: {} }), CANCEL)).text).toBe("{}");
    expect((await call(url, requestFor({ it: {} }), CANCEL)).json).toEqual({ node: { phase: "Failed" } });
  });
});
