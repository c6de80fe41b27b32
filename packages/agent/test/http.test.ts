import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { SECRETS, SimulatedClock } from "@outrigger/kube";
import type { HttpTemplate, JsonObject } from "@outrigger/types";
import { TestCluster, until } from "./cluster.ts";
import type { StartOptions } from "./cluster.ts";
import { freePort } from "./scripted-plugin.ts";

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, request: SeenRequest) => void;

interface TestServer {
  readonly port: number;
  readonly seen: readonly SeenRequest[];
}

/** A server on all loopback names, for as long as the test lasts. */
async function serverThat(answer: Answer): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      answer(response, seen.at(-1)!);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

const says = (body: string, status = 200): Answer => {
  return (response) => void response.writeHead(status, { "X-Trace": ["a", "b"] }).end(body);
};

function httpTask(http: HttpTemplate, metadata: JsonObject = {}): JsonObject {
  return JSON.parse(JSON.stringify({ name: "main", inputs: {}, outputs: {}, metadata, http })) as JsonObject;
}

async function agentWith(options: Partial<StartOptions> = {}): Promise<TestCluster> {
  const cluster = await TestCluster.start();
  cluster.startAgent({ at: {}, ...options });
  return cluster;
}

/** What becomes of one request. */
async function resultOf(http: HttpTemplate, options: Partial<StartOptions> = {}): Promise<JsonObject> {
  const cluster = await agentWith(options);
  await cluster.announce({ n1: httpTask(http) });
  return cluster.reported("n1");
}

describe("a request of an http template", () => {
  it("is a GET unless it says otherwise; the body of the answer is the result", async () => {
    const server = await serverThat(says("hello"));
    const url = `http://127.0.0.1:${server.port}/a/b?c=d`;
    expect(await resultOf({ url })).toEqual({ phase: "Succeeded", outputs: { result: "hello" } });
    expect(server.seen).toMatchObject([{ method: "GET", path: "/a/b?c=d", body: "" }]);
    expect(server.seen[0]?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      "user-agent": "outrigger-agent",
      connection: "close",
    });
  });

  it("carries method, headers and body, and a key by which its repetition can be told", async () => {
    const server = await serverThat(says("made", 201));
    const cluster = await agentWith();
    const headers = [
      { name: "Content-Type", value: "application/json" },
      { name: "Host", value: "api.example" },
      { name: "Accept", value: "a/b" },
    ];
    const http = { url: `http://127.0.0.1:${server.port}/`, method: "post", headers, body: '{"ü":1}' };
    await cluster.announce({ n1: httpTask(http, { annotations: { "outrigger.dev/attempt": "3" } }) });
    expect(await cluster.reported("n1")).toEqual({ phase: "Succeeded", outputs: { result: "made" } });
    expect(server.seen).toMatchObject([
      {
        method: "POST",
        body: '{"ü":1}',
        headers: {
          host: "api.example",
          accept: "a/b",
          "content-type": "application/json",
          "content-length": "8",
          "idempotency-key": "uid-1/n1/3",
        },
      },
    ]);
  });

  it("takes header values from Secrets, which show up nowhere else", async () => {
    const server = await serverThat(says("ok"));
    const cluster = await agentWith();
    const data = { token: Buffer.from("Bearer s3cret").toString("base64") };
    await cluster.client.create(SECRETS, "default", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "api", namespace: "default" },
      data,
    });
    const headers = [{ name: "Authorization", valueFrom: { secretKeyRef: { name: "api", key: "token" } } }];
    const successCondition = 'response.statusCode == 200 && !("Authorization" in request.headers)';
    const http = { url: `http://127.0.0.1:${server.port}/`, headers, successCondition };
    await cluster.announce({ n1: httpTask(http) });
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
    expect(server.seen[0]?.headers.authorization).toBe("Bearer s3cret");
    expect(JSON.stringify([cluster.log, await cluster.taskSet()])).not.toContain("s3cret");
    const missing = [
      { name: "Authorization", valueFrom: { secretKeyRef: { name: "api", key: "other" } } },
      { name: "Authorization", valueFrom: { secretKeyRef: { name: "none", key: "token" } } },
    ];
    await cluster.announce({
      n2: httpTask({ ...http, headers: missing.slice(0, 1) }),
      n3: httpTask({ ...http, headers: missing.slice(1) }),
    });
    const where = `GET http://127.0.0.1:${server.port}/: header Authorization:`;
    expect((await cluster.reported("n2"))["message"]).toBe(`${where} Secret api has no key other`);
    expect((await cluster.reported("n3"))["message"]).toBe(`${where} there is no Secret none in namespace default`);
    expect(server.seen.length).toBe(1);
  });
});

describe("whether a request has succeeded", () => {
  const table: [condition: string | undefined, status: number, message: string | undefined][] = [
    [undefined, 204, undefined],
    [undefined, 404, "received non-2xx response code: 404"],
    ["response.statusCode == 404", 404, undefined],
    ["response.statusCode == 200", 404, "successCondition 'response.statusCode == 200' evaluated false"],
    ['response.body contains "hello" && response.headers["X-Trace"] == ["a", "b"]', 200, undefined],
    ['request.method == "" && request.url startsWith "http://127"', 200, undefined],
    ['asInt("2") == 2', 500, undefined],
  ];

  it.each(table)("%s, answered %i: %s", async (successCondition, status, message) => {
    const server = await serverThat(says(status === 204 ? "" : "hello", status));
    const condition = successCondition === undefined ? {} : { successCondition };
    expect(await resultOf({ url: `http://127.0.0.1:${server.port}/`, ...condition })).toEqual({
      phase: message === undefined ? "Succeeded" : "Failed",
      ...(message === undefined ? {} : { message }),
      outputs: { result: status === 204 ? "" : "hello" },
    });
  });

  it.each([
    ["response.body", "it is not true or false"],
    ["response.", "unexpected end"],
    ["nothing.here == 1", "there is no variable nothing"],
  ])("%s cannot be told: %s", async (successCondition, problem) => {
    const server = await serverThat(says("hello"));
    const { phase, message } = await resultOf({ url: `http://127.0.0.1:${server.port}/`, successCondition });
    expect([phase, message]).toEqual([
      "Failed",
      expect.stringContaining(`successCondition '${successCondition}': ${problem}`),
    ]);
  });
});

describe("a request that gets no answer", () => {
  it("fails after its time, by default 30 s, without another try", async () => {
    const server = await serverThat(() => {});
    const clock = new SimulatedClock(0);
    const cluster = await agentWith({ clock });
    const url = `http://127.0.0.1:${server.port}/slow?token=x`;
    await cluster.announce({ n1: httpTask({ url }), n2: httpTask({ url, timeoutSeconds: 5 }) });
    await until(() => server.seen.length === 2);
    await clock.advance(5_000);
    const where = `GET http://127.0.0.1:${server.port}/slow:`;
    expect(await cluster.reported("n2")).toEqual({ phase: "Failed", message: `${where} no answer within 5 s` });
    await clock.advance(24_999);
    expect((await cluster.results())["n1"]).toBeUndefined();
    await clock.advance(1);
    expect(await cluster.reported("n1")).toEqual({ phase: "Failed", message: `${where} no answer within 30 s` });
    expect(server.seen.length).toBe(2);
  });

  it("says why", async () => {
    const cluster = await agentWith();
    const url = `http://127.0.0.1:${await freePort()}/`;
    const dropping = await serverThat((response) => void response.destroy());
    await cluster.announce({
      n1: httpTask({ url }),
      n2: httpTask({ url: `http://127.0.0.1:${dropping.port}/` }),
      n3: httpTask({ url: "ftp://x/" }),
      n4: httpTask({ url, headers: [{ name: "a b", value: "c" }] }),
    });
    expect((await cluster.reported("n1"))["message"]).toBe(`GET ${url}: connection refused`);
    expect((await cluster.reported("n2"))["message"]).toContain("connection dropped without an answer");
    expect((await cluster.reported("n3"))["message"]).toBe("'ftp://x/' is no URL of http or https");
    expect((await cluster.reported("n4"))["message"]).toContain("Header name must be a valid HTTP token");
  });

  it("nor may have, since the answer is too large", async () => {
    const server = await serverThat(says("x".repeat(1_001)));
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await resultOf({ url }, { limits: { maxAnswerBytes: 1_000 } })).toEqual({
      phase: "Failed",
      message: "the answer (200) has more than the 1000 bytes that it may have",
    });
  });

  it("and is cancelled: ends at once", async () => {
    const held: ServerResponse[] = [];
    const server = await serverThat((response) => void held.push(response));
    const cluster = await agentWith();
    const http = { url: `http://127.0.0.1:${server.port}/` };
    await cluster.announce({ n1: httpTask(http) });
    await until(() => held.length === 1);
    const hungUp = once(held[0]!, "close");
    await cluster.announce({ n1: httpTask(http, { annotations: { "outrigger.dev/cancel": "stopped" } }) });
    await hungUp;
    expect(await cluster.reported("n1")).toEqual({ phase: "Failed", message: "cancelled: stopped" });
    expect(server.seen.length).toBe(1);
  });
});

describe("a redirect", () => {
  const headers = [
    { name: "Authorization", value: "Basic x" },
    { name: "X-Plain", value: "y" },
  ];

  it.each([
    [302, "GET", ""],
    [303, "GET", ""],
    [307, "POST", "hi"],
    [308, "POST", "hi"],
  ])("with %i is followed with %s", async (status, method, body) => {
    const server = await serverThat((response, { path }) => {
      if (path === "/there") response.end("arrived");
      else response.writeHead(status, { Location: "/there" }).end();
    });
    const http = { url: `http://127.0.0.1:${server.port}/`, method: "POST", body: "hi", headers };
    expect(await resultOf(http)).toMatchObject({ outputs: { result: "arrived" } });
    expect(server.seen[1]).toMatchObject({ method, path: "/there", body, headers: { authorization: "Basic x" } });
  });

  it("to another host does not take credentials along", async () => {
    const other = await serverThat(says("arrived"));
    const server = await serverThat((response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${other.port}/` }).end();
    });
    expect(await resultOf({ url: `http://127.0.0.1:${server.port}/`, headers })).toMatchObject({ phase: "Succeeded" });
    expect(other.seen[0]?.headers).toMatchObject({ "x-plain": "y" });
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it("that leads in circles is not followed for ever", async () => {
    const server = await serverThat((response) => void response.writeHead(302, { Location: "/" }).end());
    const { message } = await resultOf({ url: `http://127.0.0.1:${server.port}/` });
    expect(message).toBe(`GET http://127.0.0.1:${server.port}/: more than 10 redirects`);
    expect(server.seen.length).toBe(11);
  });
});

describe("a server with a certificate that nobody knows", () => {
  it("is refused, unless its certificate is given, or the template does not want it checked", async () => {
    const cluster = await TestCluster.start();
    const url = `https://${cluster.api.connection().server.host}/healthz`;
    cluster.startAgent({ at: {} });
    const successCondition = "response.statusCode > 0";
    await cluster.announce({
      n1: httpTask({ url, successCondition }),
      n2: httpTask({ url, successCondition, insecureSkipVerify: true }),
    });
    expect((await cluster.reported("n1"))["message"]).toContain("self-signed certificate");
    expect(await cluster.reported("n2")).toMatchObject({ phase: "Succeeded" });
    const trusting = await agentWith({ certificates: [cluster.api.caPem] });
    await trusting.announce({ n1: httpTask({ url, successCondition }) });
    expect(await trusting.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });
});
