import { describe, expect, it } from "vitest";
import { RetryableError, definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import type { PluginContext, PluginResult } from "@outrigger/sdk";
import { EXECUTE, call, hello, requestFor, serving } from "./plugin-under-test.ts";

/** A plugin with the key `it` that does just this. */
function doing(execute: (context: PluginContext) => PluginResult | Promise<PluginResult>) {
  return definePlugin({ key: "it", execute });
}

describe("template.execute", () => {
  it("answers with phase, message and outputs", async () => {
    const { url } = await serving(hello);
    const answer = await call(url, requestFor({ hello: {} }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.json).toEqual({
      node: {
        phase: "Succeeded",
        message: "Hello template!",
        outputs: { parameters: [{ name: "foo", value: "bar" }] },
      },
    });
  });

  it("takes what curl sends without a content type of JSON, and a template without inputs", async () => {
    const { url } = await serving(hello);
    const body = { workflow: { metadata: { name: "my-wf" } }, template: { name: "t", plugin: { hello: {} } } };
    const answer = await call(url, body, { headers: { "Content-Type": "application/x-www-form-urlencoded" } });
    expect(answer.json).toMatchObject({ node: { phase: "Succeeded" } });
  });

  it.each([
    ["another plugin's key", requestFor({ slack: {} })],
    ["a key that every object has", requestFor({ constructor: {} })],
    ["no plugin block", { workflow: { metadata: {} }, template: { name: "t" } }],
  ])("declines %s", async (_what, body) => {
    const { url } = await serving(hello);
    const answer = await call(url, body);
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
  });

  it("tells the plugin everything about the step", async () => {
    const seen: PluginContext[] = [];
    const { url } = await serving(doing((context) => (seen.push(context), succeeded())));
    const node = { id: "my-wf-1", attempt: 0, idempotencyKey: "uid-1/my-wf-1/0", deadline: "2026-01-01T00:00:00Z" };
    const inputs = { parameters: [{ name: "count", value: 2 }, { name: "empty" }] };
    await call(url, requestFor({ it: { text: "hi" } }, { template: { inputs }, node, state: { page: 3 } }));
    expect(seen[0]).toMatchObject({
      input: { text: "hi" },
      parameters: { count: "2", empty: "" },
      workflow: { name: "my-wf", namespace: "argo", uid: "uid-1" },
      nodeId: "my-wf-1",
      attempt: 0,
      idempotencyKey: "uid-1/my-wf-1/0",
      deadline: new Date("2026-01-01T00:00:00Z"),
      state: { page: 3 },
    });
    expect(seen[0]?.signal.aborted).toBe(false);
  });

  it.each([
    ["Argo's agent, which says nothing of itself", {}],
    ["an agent without a deadline", { node: { id: "n", attempt: 0, idempotencyKey: "k" } }],
    ["an agent with a deadline that is none", { node: { id: "n", attempt: 0, idempotencyKey: "k", deadline: "soon" } }],
  ])("gives no deadline under %s", async (_what, fields) => {
    const seen: PluginContext[] = [];
    const { url } = await serving(doing((context) => (seen.push(context), succeeded())));
    await call(url, requestFor({ it: {} }, fields));
    expect(seen.map(({ deadline }) => deadline)).toEqual([undefined]);
  });

  it("serves several plugins, each by its key", async () => {
    const bye = definePlugin({ key: "bye", execute: () => succeeded({ message: "Bye!" }) });
    const { url } = await serving([hello, bye]);
    expect((await call(url, requestFor({ bye: null }))).json).toMatchObject({ node: { message: "Bye!" } });
    expect((await call(url, requestFor({ hello: null }))).json).toMatchObject({ node: { message: "Hello template!" } });
  });

  it("hands on requeue, progress and state of a step that goes on", async () => {
    const result = running({ message: "started", progress: "1/3", requeueAfter: "2m", state: { job: 7 } });
    const { url } = await serving(doing(() => result));
    expect((await call(url, requestFor({ it: {} }))).json).toEqual({
      node: { phase: "Running", message: "started", progress: "1/3" },
      requeue: "2m",
      state: { job: 7 },
    });
  });

  it("logs lines that name plugin, workflow and node", async () => {
    const server = await serving(doing(({ log }) => (log.info({ channel: "#ci" }, "posted"), succeeded())));
    await call(server.url, requestFor({ it: {} }, { node: { id: "n-1", attempt: 1, idempotencyKey: "k" } }));
    expect(server.logLines.at(-1)).toMatchObject({
      level: "info",
      msg: "posted",
      plugin: "it",
      namespace: "argo",
      workflow: "my-wf",
      nodeId: "n-1",
      attempt: 1,
      channel: "#ci",
    });
  });
});

describe("a plugin that fails", () => {
  const table: [what: string, execute: () => PluginResult | Promise<PluginResult>, message: string][] = [
    ["says so", () => failed("no such channel"), "no such channel"],
    ["throws", () => fail(new Error("boom")), "boom"],
    ["rejects", () => Promise.reject(new Error("boom later")), "boom later"],
    ["throws something else", () => fail("just text"), "just text"],
    ["throws without a message", () => fail(new Error("")), "the plugin failed without a message"],
    [
      "returns nothing",
      () => JSON.parse("null") as PluginResult,
      "execute and poll must return succeeded(…), failed(…) or running(…)",
    ],
    [
      "returns a phase that there is not",
      () => JSON.parse('{"phase":"Done"}') as PluginResult,
      "execute and poll must return succeeded(…), failed(…) or running(…)",
    ],
    [
      "has too much state",
      () => running({ state: "x".repeat(16 * 1024) }),
      "the state has 16386 bytes of JSON; it may have 16384",
    ],
    [
      "has a requeue time that is none",
      () => running({ requeueAfter: "soon" }),
      'requeueAfter must be a positive duration such as 30s, 2m or 1h30m, not "soon"',
    ],
    ["has outputs without a JSON form", () => succeeded({ outputs: { n: 1n } }), "outputs.n has no JSON form"],
  ];

  it.each(table)("because it %s, fails its node with the message, and lives on", async (_what, execute, message) => {
    const { url } = await serving([doing(execute), hello]);
    const answer = await call(url, requestFor({ it: {} }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ node: { phase: "Failed", message } });
    expect((await call(url, requestFor({ hello: {} }))).status).toBe(200);
  });

  it("logs what was thrown, with its stack", async () => {
    const server = await serving(doing(() => fail(new Error("boom"))));
    await call(server.url, requestFor({ it: {} }));
    expect(server.logLines.at(-1)).toMatchObject({ level: "error", plugin: "it" });
    expect(String(server.logLines.at(-1)?.["error"])).toMatch(/^Error: boom\n\s+at /);
  });

  it("is called again where that helps: 503, with Retry-After if it says so", async () => {
    const busy = definePlugin({ key: "busy", execute: () => fail(new RetryableError("rate limit")) });
    const later = definePlugin({
      key: "later",
      execute: () => fail(new RetryableError("rate limit", { retryAfter: "1.5s" })),
    });
    const { url } = await serving([busy, later]);
    const [first, second] = [await call(url, requestFor({ busy: {} })), await call(url, requestFor({ later: {} }))];
    expect([first.status, first.text, first.headers.get("retry-after")]).toEqual([503, "rate limit", null]);
    expect([second.status, second.text, second.headers.get("retry-after")]).toEqual([503, "rate limit", "2"]);
  });
});

describe("a request that is not as it should be", () => {
  const table: [what: string, body: unknown, message: RegExp][] = [
    ["is empty", "", /^the request has no body$/],
    ["is no JSON", "{oops", /^the request is no JSON: /],
    ["is no object", "[]", /^the request is not valid: must be an object/],
    ["has no template", { workflow: { metadata: {} } }, /template is required/],
    [
      "has parameters of the wrong type",
      requestFor({ hello: {} }, { template: { inputs: { parameters: "x" } } }),
      /template\.inputs\.parameters must be a list, not "x"/,
    ],
  ];

  it.each(table)("because it %s, gets 400 and the reason", async (_what, body, message) => {
    const { url } = await serving(hello);
    const answer = await call(url, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(message);
  });

  it("gets 413 if it is too large, and the server goes on", async () => {
    const { url } = await serving(hello, { maxBodyBytes: 1_000 });
    const large = await call(url, requestFor({ hello: { text: "x".repeat(1_000) } }));
    expect([large.status, large.text]).toEqual([413, "the request is larger than 1000 bytes"]);
    expect((await call(url, requestFor({ hello: {} }))).status).toBe(200);
  });

  it("may have 1 MiB by default", async () => {
    const { url } = await serving(hello);
    const text = "x".repeat(1024 * 1024);
    expect((await call(url, requestFor({ hello: { text: text.slice(0, -1_000) } }))).status).toBe(200);
    expect((await call(url, requestFor({ hello: { text } }))).status).toBe(413);
  });
});

describe("other paths and methods", () => {
  it.each([
    ["GET", "/api/v1/template.cancel", 405],
    ["POST", "/api/v1/constructor", 404],
    ["POST", "/", 404],
    ["GET", EXECUTE, 405],
    ["POST", "/api/v1/plugin.info", 405],
  ])("%s %s gets %i", async (method, path, status) => {
    const { url } = await serving(hello);
    expect((await call(url, {}, { method, path })).status).toBe(status);
  });

  it("plugin.info tells keys, methods and the version", async () => {
    const versioned = definePlugin({ ...hello, version: "1.2.0" });
    const { url } = await serving(versioned);
    const answer = await call(url, undefined, { method: "GET", path: "/api/v1/plugin.info" });
    expect(answer.json).toEqual({
      keys: ["hello"],
      methods: ["template.execute", "template.cancel"],
      version: "1.2.0",
    });
  });

  it("plugin.info tells no version where plugins have different ones", async () => {
    const { url } = await serving([{ ...hello, version: "1" }, doing(() => succeeded())]);
    const answer = await call(url, undefined, { method: "GET", path: "/api/v1/plugin.info" });
    expect(answer.json).toEqual({ keys: ["hello", "it"], methods: ["template.execute", "template.cancel"] });
  });

  it("/healthz answers to everyone", async () => {
    const { url } = await serving(hello);
    const answer = await call(url, undefined, { method: "GET", path: "/healthz?verbose", token: "wrong" });
    expect([answer.status, answer.text]).toEqual([200, "ok"]);
  });
});

function fail(error: unknown): never {
  throw error;
}
