import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { testPlugin } from "@outrigger/sdk/testing";
import type { PluginTest, TestRun, TestStep } from "@outrigger/sdk/testing";
import { slackPlugin } from "../slack-plugin.ts";
import type { SlackOptions } from "../slack-plugin.ts";
import { FakeSlack, TOKEN, WEBHOOK_PATH, answering, rateLimited, refusing } from "./fake-slack.ts";
import type { Script } from "./fake-slack.ts";

interface Bench {
  readonly slack: FakeSlack;
  readonly test: PluginTest;
  readonly run: (input: unknown, step?: TestStep) => Promise<TestRun>;
  /** All that anybody gets to see of it. */
  readonly shown: () => string;
}

async function bench(scripts: readonly Script[] = [], options: SlackOptions = {}): Promise<Bench> {
  const slack = await FakeSlack.start(...scripts);
  const env = { URL: slack.webhook, TOKEN };
  const test = testPlugin(slackPlugin({ apiUrl: slack.apiUrl, ...options }), { env, atMostOnce: true });
  const runs: TestRun[] = [];
  const run = async (input: unknown, step: TestStep = {}): Promise<TestRun> => {
    const ended = await test.run({ ...step, input });
    runs.push(ended);
    return ended;
  };
  return { slack, test, run, shown: () => JSON.stringify([runs, test.log]) };
}

function failedWith(message: unknown): object {
  return { phase: "Failed", message };
}

describe("slack: {text}", () => {
  it("is posted to the webhook as JSON", async () => {
    const { slack, run } = await bench();
    expect(await run({ text: "hello <&> ✓" })).toMatchObject({
      phase: "Succeeded",
      message: "posted to Slack",
      outputs: {},
    });
    expect(slack.posted).toMatchObject([{ path: WEBHOOK_PATH, body: { text: "hello <&> ✓" } }]);
    expect(slack.posted[0]?.headers["content-type"]).toMatch(/^application\/json/);
  });

  it.each([
    ["no text", {}, "plugin.slack: needs text, or blocks, or both"],
    ["an empty text", { text: "" }, "plugin.slack.text: must not be empty"],
    ["a number", { text: 3 }, "plugin.slack.text: "],
    ["a field that it does not know", { text: "x", chanel: "#ci" }, "plugin.slack.chanel: "],
    ["blocks that are none", { blocks: "soon" }, "plugin.slack.blocks"],
    ["nothing at all", null, "plugin.slack: "],
  ])("with %s fails before anything is posted", async (_what, input, place) => {
    const { slack, run } = await bench();
    expect(await run(input)).toMatchObject(
      failedWith(expect.stringContaining(`the template does not fit the plugin: ${place}`)),
    );
    expect(slack.requests).toBe(0);
  });
});

describe("slack: {channel}", () => {
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*done*" } }];

  it("is posted there by the bot; where and when are outputs", async () => {
    const { slack, run } = await bench();
    const outputs = { channel: "C1", ts: "1700000000.000001" };
    expect(await run({ channel: "#general", text: "done" })).toMatchObject({ message: "posted to C1", outputs });
    expect(slack.posted).toMatchObject([
      { path: "/api/chat.postMessage", headers: { authorization: `Bearer ${TOKEN}` } },
    ]);
  });

  it("takes blocks, as YAML or as the text that a tag gives, and replies in a thread", async () => {
    const { slack, run } = await bench();
    const { outputs } = await run({ channel: "C1", blocks });
    await run({ channel: "C1", text: "more", blocks: JSON.stringify(blocks), thread_ts: outputs["ts"] });
    expect(slack.posted.map(({ body }) => body)).toEqual([
      { channel: "C1", blocks },
      { channel: "C1", text: "more", blocks, thread_ts: "1700000000.000001" },
    ]);
  });

  it.each([
    [refusing("invalid_auth"), "Slack answered invalid_auth: put a bot token"],
    [
      refusing("missing_scope", { needed: "chat:write" }),
      "Slack answered missing_scope (needed: chat:write): the app needs",
    ],
    [
      refusing("invalid_blocks", { response_metadata: { messages: ["must be an object"] } }),
      "invalid_blocks (must be an object): check",
    ],
    [refusing("something_new"), "Slack answered something_new"],
    [refusing("fatal_error"), "Slack answered fatal_error; the message may have been posted"],
    [answering(200, "<html>"), "Slack's answer is not to be understood"],
    [answering(503, ""), "Slack answered 503; the message may have been posted"],
  ])("is refused: the step says why, and what to do", async (script, message) => {
    const { run } = await bench([script]);
    expect(await run({ channel: "C1", text: "x" })).toMatchObject(failedWith(expect.stringContaining(message)));
  });

  it("of a channel that is not there says so", async () => {
    const { run } = await bench();
    const run1 = await run({ channel: "C404", text: "x" });
    expect(run1).toMatchObject(
      failedWith(expect.stringMatching(/^Slack answered channel_not_found: check the channel/)),
    );
  });
});

describe("a rate limit", () => {
  it.each([{ text: "x" }, { channel: "C1", text: "x" }])("is waited for as long as Slack says", async (input) => {
    const { slack, run } = await bench([rateLimited(30)]);
    const ended = await run(input);
    expect([ended.phase, ended.elapsedMs, slack.posted.length]).toEqual(["Succeeded", 30_000, 1]);
  });

  it("spreads the messages that come meanwhile, a second apart: each is sent once more, and once only", async () => {
    const { slack, run } = await bench([rateLimited(5)], { now: () => 0 });
    const all = await Promise.all(Array.from({ length: 6 }, () => run({ text: "x" })));
    expect(slack.posted).toHaveLength(6);
    expect(all.every(({ phase, calls }) => phase === "Succeeded" && calls.length <= 2)).toBe(true);
    const waits = all.map(({ elapsedMs }) => elapsedMs).sort((one, other) => one - other);
    expect(new Set(waits.filter((wait) => wait > 0)).size).toBe(waits.filter((wait) => wait > 0).length);
  });

  it("that does not end fails the step", async () => {
    const { slack, run } = await bench(Array.from({ length: 5 }, () => rateLimited(30)));
    const ended = await run({ text: "x" });
    expect(ended).toMatchObject(failedWith(expect.stringMatching(/in 5 tries; .* Slack's rate limit is reached$/)));
    expect(ended.elapsedMs).toBeGreaterThanOrEqual(120_000);
    expect([slack.requests, slack.posted.length]).toEqual([5, 0]);
  });

  it("is not waited for by a message that is cancelled: it is not posted, and says so", async () => {
    const { slack, run } = await bench([rateLimited(3_600)]);
    const ended = await run({ text: "x" }, { deadlineMs: 1_000 });
    expect(ended.message).toContain("it was not posted");
    expect(slack.posted).toEqual([]);
  });
});

describe("no attempt posts twice", () => {
  it.each([[["duplicate"]], [["timeout"]], [["drop"]]] as const)("with %j", async (faults) => {
    const { slack, run } = await bench();
    await run({ text: "x" }, { faults });
    expect(slack.posted.length).toBeLessThanOrEqual(1);
  });

  it("where the answer was lost, what comes again is answered as the first was", async () => {
    const slack = await FakeSlack.start();
    const test = testPlugin(slackPlugin({ apiUrl: slack.apiUrl }), { env: { TOKEN } }); // an agent that repeats calls
    const step = { input: { channel: "C1", text: "x" }, faults: ["drop", "duplicate"] as const };
    expect(await test.run(step)).toMatchObject({ phase: "Succeeded", outputs: { ts: "1700000000.000001" } });
    expect(slack.posted).toHaveLength(1);
  });

  it("another attempt is another message", async () => {
    const { slack, run } = await bench();
    for (const attempt of [0, 1]) await run({ text: "x" }, { nodeId: "n", attempt });
    expect(slack.posted).toHaveLength(2);
  });
});

describe("what is secret", () => {
  it.each([
    [{ text: "x" }, {}, "plugin slack needs the environment variable URL"],
    [{ text: "x" }, { URL: "" }, "plugin slack needs the environment variable URL"],
    [{ text: "x" }, { URL: "ftp://x/secret" }, "the webhook in the environment variable URL is no http or https URL"],
    [{ channel: "C1", text: "x" }, {}, "plugin slack needs the environment variable TOKEN"],
  ])("and missing, for %j: the step fails and says how to set it", async (input, env, message) => {
    const run = await testPlugin(slackPlugin(), { env }).run({ input });
    expect(run).toMatchObject(failedWith(expect.stringContaining(message)));
    expect(JSON.stringify(run)).not.toContain("ftp://");
  });

  it("is not shown, and answers are cut to a sane length", async () => {
    const { run, shown } = await bench([
      (response, { url, headers }) =>
        response.writeHead(404).end(`Cannot POST ${url} at http://${headers.host}${url} ${"x".repeat(5_000)}`),
      (response, { headers }) => response.writeHead(400).end(`no: ${headers.authorization}`),
      (response) => response.destroy(),
    ]);
    const { message } = await run({ text: "x" });
    expect(message).toContain("Slack answered 404: Cannot POST <webhook> at <webhook> xxx");
    expect(message.length).toBeLessThan(400);
    await run({ channel: "C1", text: "x" });
    await run({ text: "x" });
    expect(shown()).not.toContain("very-secret");
  });
});

describe("an answer of the webhook other than 200", () => {
  it.each([
    [400, "invalid_payload", "Slack answered invalid_payload (status 400): check text and blocks"],
    [404, "no_service", "Slack answered no_service (status 404): the webhook is gone: make a new one"],
    [410, "", "Slack answered 410"],
    [500, "rollup_error", "Slack answered 500: rollup_error; the message may have been posted"],
    [302, "", "Slack answered 302"],
  ])("%i fails the step, which is not tried again", async (status, text, message) => {
    const { slack, run } = await bench([answering(status, text, { Location: "/elsewhere" })]);
    expect(await run({ text: "x" })).toMatchObject(failedWith(expect.stringContaining(message)));
    expect(slack.requests).toBe(1);
  });
});

describe("no answer", () => {
  it("within the time-out fails the step, since the message may have been posted", async () => {
    const { slack, run } = await bench([(_response, _request, take) => take()], { timeoutMs: 50 });
    expect(await run({ text: "x" })).toMatchObject(
      failedWith("Slack did not answer within 0.05 s; the message may have been posted"),
    );
    expect(slack.posted).toHaveLength(1);
  });

  it("because the connection broke off fails the step likewise", async () => {
    const { run } = await bench([(response) => response.destroy()]);
    expect(await run({ text: "x" })).toMatchObject(
      failedWith(expect.stringMatching(/^Slack cannot be reached: .*may have been posted$/)),
    );
  });

  it("because there is no connection has the step called again", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const env = { URL: `http://127.0.0.1:${port}${WEBHOOK_PATH}` };
    const run = await testPlugin(slackPlugin(), { env, atMostOnce: true }).run({ input: { text: "x" } });
    expect(run.message).toMatch(/in 5 tries; .* Slack cannot be reached: ECONNREFUSED$/);
    expect(JSON.stringify(run)).not.toContain("very-secret");
  });
});
