import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHandler, createLogger } from "@outrigger/sdk";
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

/** Runs one step; answers status, reply (or text) and everything that was logged. */
async function runStep(slack: object | null, options: { readonly url?: string; readonly timeoutMs?: number }) {
  let log = "";
  const { url, ...more } = options;
  const handle = createHandler(slackPlugin({ webhookUrl: url, ...more }), {
    token: false,
    log: createLogger({ level: "debug", write: (line) => void (log += line) }),
  });
  const body = JSON.stringify({ workflow: { metadata: { name: "wf" } }, template: { plugin: { slack } } });
  const response = await handle({ method: "POST", path: "/api/v1/template.execute", headers: {}, body });
  return { ...response, log };
}

function failedWith(message: unknown): unknown {
  return { node: { phase: "Failed", message } };
}

describe("the server", () => {
  it("starts from source, whether or not there is a webhook", async () => {
    const args = ["--conditions=@outrigger/source", join(import.meta.dirname, "..", "server.ts")];
    const plugin = spawn(process.execPath, args, {
      env: { OUTRIGGER_PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(plugin.stdout, "data")) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ msg: "Plugin is listening", keys: ["slack"] });
    plugin.kill("SIGTERM");
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });
});

describe("slack: {text}", () => {
  it("is posted to the webhook as JSON", async () => {
    const slack = await slackStandIn((response) => response.end("ok"));
    const { body } = await runStep({ text: "hello <&> ✓" }, { url: slack.url });
    expect(JSON.parse(body)).toEqual({ node: { phase: "Succeeded", message: "posted to Slack" } });
    expect(slack.posted).toEqual([
      { path: SECRET_PATH, contentType: "application/json", body: { text: "hello <&> ✓" } },
    ]);
  });

  it.each([
    ["no text", {}, "{}"],
    ["an empty text", { text: "" }, '{"text":""}'],
    ["a number", { text: 3 }, '{"text":3}'],
    ["nothing at all", null, "null"],
  ])("with %s fails before anything is posted", async (_what, input, shown) => {
    const slack = await slackStandIn((response) => response.end("ok"));
    const { body } = await runStep(input, { url: slack.url });
    expect(JSON.parse(body)).toEqual(
      failedWith(`slack.text must be the text to post, as in slack: {text: "done"}, not ${shown}`),
    );
    expect(slack.posted).toEqual([]);
  });
});

describe("the webhook's URL", () => {
  it.each([undefined, ""])("%o: the step fails and says how to set it", async (url) => {
    const { body } = await runStep({ text: "x" }, url === undefined ? {} : { url });
    expect(JSON.parse(body)).toEqual(
      failedWith(expect.stringMatching(/variable URL, .* Secret slack-executor-plugin/)),
    );
  });

  it.each(["not a url", "ftp://x/secret"])("%s: the step fails, and the value is not shown", async (url) => {
    const { body, log } = await runStep({ text: "x" }, { url });
    expect(JSON.parse(body)).toEqual(failedWith("the webhook in the environment variable URL is no http or https URL"));
    expect(body + log).not.toContain(url);
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
    const { status: answered, body } = await runStep({ text: "x" }, { url: slack.url });
    expect([answered, JSON.parse(body)]).toEqual([200, failedWith(message)]);
    expect(slack.posted).toHaveLength(1);
  });

  it("429 has the step called again, after the time that Slack asks for", async () => {
    const slack = await slackStandIn((response) => response.writeHead(429, { "Retry-After": "30" }).end("ratelimited"));
    const { status, headers, body } = await runStep({ text: "x" }, { url: slack.url });
    expect([status, headers["Retry-After"], body]).toEqual([503, "30", "Slack answered 429: ratelimited"]);
  });

  it("is cut to a sane length, and the secret in it hidden", async () => {
    const slack = await slackStandIn((response, { url, headers }) =>
      response.writeHead(404).end(`Cannot POST ${url} at http://${headers.host}${url} ${"x".repeat(5_000)}`),
    );
    const { body, log } = await runStep({ text: "x" }, { url: slack.url });
    expect(body).toContain("Slack answered 404: Cannot POST <webhook> at <webhook> xxx");
    expect(body.length).toBeLessThan(400);
    expect(body + log).not.toContain("very-secret");
  });
});

describe("no answer", () => {
  it("within the time-out fails the step, since the message may have been posted", async () => {
    const slack = await slackStandIn(() => {});
    const { body } = await runStep({ text: "x" }, { url: slack.url, timeoutMs: 50 });
    expect(JSON.parse(body)).toEqual(
      failedWith("Slack did not answer within 0.05 s; the message may have been posted"),
    );
  });

  it("because the connection broke off fails the step likewise", async () => {
    const slack = await slackStandIn((response) => response.destroy());
    const { body, log } = await runStep({ text: "x" }, { url: slack.url });
    expect(JSON.parse(body)).toEqual(
      failedWith(expect.stringMatching(/^Slack cannot be reached: .*may have been posted$/)),
    );
    expect(body + log).not.toContain("very-secret");
  });

  it("because there is no connection has the step called again", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { status, body, log } = await runStep({ text: "x" }, { url: `http://127.0.0.1:${port}${SECRET_PATH}` });
    expect([status, body]).toEqual([503, "Slack cannot be reached: ECONNREFUSED"]);
    expect(body + log).not.toContain("very-secret");
  });
});
