import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { testPlugin } from "@outrigger/sdk/testing";
import { startLocalCluster } from "outrigger/testing";
import { slackPlugin } from "../slack-plugin.ts";

const SECRET_PATH = "/services/T0001/B0002/very-secret";

interface Posted {
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** Stands in for Slack: keeps what is posted, and answers as the test says. */
async function slackStandIn(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      posted.push({ path: request.url, contentType: request.headers["content-type"], body });
      answer(response, request);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${SECRET_PATH}` };
}

/** Runs one step to its end; `shown` is all that anybody gets to see of it. */
async function runStep(input: unknown, { url, ...options }: { readonly url?: string; readonly timeoutMs?: number }) {
  const test = testPlugin(slackPlugin(options), { env: url === undefined ? {} : { URL: url } });
  const run = await test.run({ input });
  return { ...run, shown: JSON.stringify([run.message, run.calls.map(({ answer }) => answer), test.log]) };
}

function failedWith(message: unknown): object {
  return { phase: "Failed", message };
}

describe("slack: {text}", () => {
  it("is posted to the webhook as JSON", async () => {
    const slack = await slackStandIn((response) => response.end("ok"));
    const run = await runStep({ text: "hello <&> ✓" }, { url: slack.url });
    expect(run).toMatchObject({ phase: "Succeeded", message: "posted to Slack" });
    expect(slack.posted).toEqual([
      { path: SECRET_PATH, contentType: "application/json", body: { text: "hello <&> ✓" } },
    ]);
  });

  it.each([
    ["no text", {}, "plugin.slack.text: "],
    ["an empty text", { text: "" }, "plugin.slack.text: must not be empty"],
    ["a number", { text: 3 }, "plugin.slack.text: "],
    ["a field that it does not know", { text: "x", chanel: "#ci" }, "plugin.slack.chanel: "],
    ["nothing at all", null, "plugin.slack: "],
  ])("with %s fails before anything is posted", async (_what, input, place) => {
    const slack = await slackStandIn((response) => response.end("ok"));
    const run = await runStep(input, { url: slack.url });
    expect(run).toMatchObject(failedWith(expect.stringContaining(`the template does not fit the plugin: ${place}`)));
    expect(slack.posted).toEqual([]);
  });

  it("is posted again where Slack has not taken it, and not where it may have", async () => {
    const answers = [429, 200];
    const slack = await slackStandIn((response) =>
      response.writeHead(answers.shift() ?? 500, { "Retry-After": "30" }).end(),
    );
    const run = await runStep({ text: "x" }, { url: slack.url });
    expect([run.phase, run.elapsedMs, slack.posted.length]).toEqual(["Succeeded", 30_000, 2]);
  });
});

describe("the webhook's URL", () => {
  it.each([undefined, ""])("%o: the step fails and says how to set it", async (url) => {
    const run = await runStep({ text: "x" }, url === undefined ? {} : { url });
    expect(run).toMatchObject(failedWith(expect.stringContaining("plugin slack needs the environment variable URL")));
  });

  it.each(["not a url", "ftp://x/secret"])("%s: the step fails, and the value is not shown", async (url) => {
    const run = await runStep({ text: "x" }, { url });
    expect(run).toMatchObject(failedWith("the webhook in the environment variable URL is no http or https URL"));
    expect(run.shown).not.toContain(url);
  });
});

describe("an answer other than 200", () => {
  it.each([
    [400, "invalid_payload", "Slack answered 400: invalid_payload"],
    [404, "", "Slack answered 404"],
    [500, "rollup_error", "Slack answered 500: rollup_error"],
    [302, "", "Slack answered 302"],
  ])("%i fails the step, which is not tried again", async (status, text, message) => {
    const slack = await slackStandIn((response) => response.writeHead(status, { Location: "/elsewhere" }).end(text));
    expect(await runStep({ text: "x" }, { url: slack.url })).toMatchObject(failedWith(message));
    expect(slack.posted).toHaveLength(1);
  });

  it("429 has the step called again, after the time that Slack asks for", async () => {
    const slack = await slackStandIn((response) => response.writeHead(429, { "Retry-After": "30" }).end("ratelimited"));
    const run = await runStep({ text: "x" }, { url: slack.url });
    expect(run).toMatchObject(failedWith(expect.stringMatching(/in 5 tries; .* Slack answered 429: ratelimited$/)));
    expect([run.elapsedMs, slack.posted.length]).toEqual([120_000, 5]);
  });

  it("is cut to a sane length, and the secret in it hidden", async () => {
    const slack = await slackStandIn((response, { url, headers }) =>
      response.writeHead(404).end(`Cannot POST ${url} at http://${headers.host}${url} ${"x".repeat(5_000)}`),
    );
    const { message, shown } = await runStep({ text: "x" }, { url: slack.url });
    expect(message).toContain("Slack answered 404: Cannot POST <webhook> at <webhook> xxx");
    expect(message.length).toBeLessThan(400);
    expect(shown).not.toContain("very-secret");
  });
});

describe("no answer", () => {
  it("within the time-out fails the step, since the message may have been posted", async () => {
    const slack = await slackStandIn(() => {});
    const run = await runStep({ text: "x" }, { url: slack.url, timeoutMs: 50 });
    expect(run).toMatchObject(failedWith("Slack did not answer within 0.05 s; the message may have been posted"));
    expect(slack.posted).toHaveLength(1);
  });

  it("because the connection broke off fails the step likewise", async () => {
    const slack = await slackStandIn((response) => response.destroy());
    const run = await runStep({ text: "x" }, { url: slack.url });
    expect(run).toMatchObject(failedWith(expect.stringMatching(/^Slack cannot be reached: .*may have been posted$/)));
    expect(run.shown).not.toContain("very-secret");
  });

  it("because there is no connection has the step called again", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const run = await runStep({ text: "x" }, { url: `http://127.0.0.1:${port}${SECRET_PATH}` });
    expect(run.message).toMatch(/in 5 tries; .* Slack cannot be reached: ECONNREFUSED$/);
    expect(run.shown).not.toContain("very-secret");
  });
});

it("workflow.yaml posts its message, with the webhook out of a Secret", async () => {
  const slack = await slackStandIn((response) => response.end("ok"));
  const folder = join(import.meta.dirname, "..");
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "slack-executor-plugin" },
    stringData: { URL: slack.url },
  };
  await using cluster = await startLocalCluster({ plugins: [folder], objects: [secret] });
  const run = await cluster.run(join(folder, "workflow.yaml"));
  expect(run.phase).toBe("Succeeded");
  expect(slack.posted).toMatchObject([{ path: SECRET_PATH, body: { text: `${run.name} says hello` } }]);
});
