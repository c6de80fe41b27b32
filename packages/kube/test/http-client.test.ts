import { afterEach, describe, expect, it } from "vitest";
import {
  CONFIG_MAPS,
  HttpKubeClient,
  NAMESPACES,
  PODS,
  SERVICE_ACCOUNTS,
  SimulatedClock,
  WORKFLOWS,
} from "../src/index.ts";
import type { ApiCall, KubeClient, KubeError } from "../src/index.ts";
import { explicitConnection } from "../src/connection.ts";
import { FakeApiServer, TOKEN, configMap, json, listOf, status } from "./fake-api-server.ts";
import { failureOf } from "./outcomes.ts";

let server: FakeApiServer;
afterEach(() => server.close());

const REF = { namespace: "default", name: "a" };

describe("what goes over the wire", () => {
  const cases: readonly {
    name: string;
    call: (client: KubeClient) => Promise<unknown>;
    want: { line: string; body?: unknown; type?: string };
  }[] = [
    {
      name: "reads an object of the core group",
      call: (client) => client.get(PODS, REF),
      want: { line: "GET /api/v1/namespaces/default/pods/a" },
    },
    {
      name: "reads a cluster-wide object",
      call: (client) => client.get(NAMESPACES, { name: "argo" }),
      want: { line: "GET /api/v1/namespaces/argo" },
    },
    {
      name: "escapes names",
      call: (client) => client.get(PODS, { namespace: "a/b", name: "c?d" }),
      want: { line: "GET /api/v1/namespaces/a%2Fb/pods/c%3Fd" },
    },
    {
      name: "creates in a group of its own",
      call: (client) => client.create(WORKFLOWS, "argo", { spec: {} }, { fieldManager: "me", dryRun: true }),
      want: {
        line: "POST /apis/argoproj.io/v1alpha1/namespaces/argo/workflows?fieldManager=me&dryRun=All",
        body: { spec: {} },
        type: "application/json",
      },
    },
    {
      name: "creates a cluster-wide object",
      call: (client) => client.create(NAMESPACES, undefined, { metadata: { name: "x" } }),
      want: { line: "POST /api/v1/namespaces", body: { metadata: { name: "x" } }, type: "application/json" },
    },
    {
      name: "posts to a subresource",
      call: (client) => client.createSubresource(SERVICE_ACCOUNTS, REF, "token", { spec: {} }),
      want: {
        line: "POST /api/v1/namespaces/default/serviceaccounts/a/token",
        body: { spec: {} },
        type: "application/json",
      },
    },
    {
      name: "replaces a status",
      call: (client) => client.replace(WORKFLOWS, REF, { status: 1 }, { subresource: "status" }),
      want: {
        line: "PUT /apis/argoproj.io/v1alpha1/namespaces/default/workflows/a/status",
        body: { status: 1 },
        type: "application/json",
      },
    },
    ...(
      [
        ["merge", "application/merge-patch+json", { data: null }],
        ["json", "application/json-patch+json", [{ op: "remove", path: "/data" }]],
        ["strategic", "application/strategic-merge-patch+json", { data: {} }],
        ["apply", "application/apply-patch+yaml", { data: {} }],
      ] as const
    ).map(([type, contentType, body]) => ({
      name: `sends a ${type} patch under its own content type`,
      call: (client: KubeClient) => client.patch(CONFIG_MAPS, REF, { type, body }),
      want: { line: "PATCH /api/v1/namespaces/default/configmaps/a", body, type: contentType },
    })),
    {
      name: "forces an apply",
      call: (client) =>
        client.patch(
          CONFIG_MAPS,
          REF,
          { type: "apply", body: {} },
          { fieldManager: "me", force: true, subresource: "status" },
        ),
      want: {
        line: "PATCH /api/v1/namespaces/default/configmaps/a/status?fieldManager=me&force=true",
        body: {},
        type: "application/apply-patch+yaml",
      },
    },
    {
      name: "deletes with preconditions",
      call: (client) =>
        client.delete(PODS, REF, {
          uid: "u",
          resourceVersion: "5",
          gracePeriodSeconds: 0,
          propagationPolicy: "Background",
        }),
      want: {
        line: "DELETE /api/v1/namespaces/default/pods/a",
        type: "application/json",
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          gracePeriodSeconds: 0,
          propagationPolicy: "Background",
          preconditions: { uid: "u", resourceVersion: "5" },
        },
      },
    },
    {
      name: "deletes plainly",
      call: (client) => client.delete(PODS, REF),
      want: {
        line: "DELETE /api/v1/namespaces/default/pods/a",
        type: "application/json",
        body: { apiVersion: "v1", kind: "DeleteOptions" },
      },
    },
  ];

  it.each(cases)("$name", async ({ call, want }) => {
    server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    await call(server.client({ userAgent: "outrigger-test/1" }));
    const [seen] = server.requests;
    expect(`${seen!.method} ${seen!.url.pathname}${seen!.url.search}`).toBe(want.line);
    expect(seen!.body === "" ? undefined : JSON.parse(seen!.body)).toEqual(want.body);
    expect(seen!.headers["content-type"]).toBe(want.type);
    expect(seen!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(seen!.headers["user-agent"]).toBe("outrigger-test/1");
    expect(seen!.headers["content-length"]).toBe(want.body === undefined ? undefined : String(seen!.body.length));
    expect(seen!.headers["transfer-encoding"]).toBeUndefined();
  });

  it("keeps the path of a server that lives below one", async () => {
    server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    await server
      .client({ connection: explicitConnection({ server: `${server.url}/k8s/clusters/c-1/` }) })
      .get(PODS, REF);
    expect(server.requests[0]!.url.pathname).toBe("/k8s/clusters/c-1/api/v1/namespaces/default/pods/a");
    expect(server.requests[0]!.headers.authorization).toBeUndefined();
  });

  it("lists with selectors and paging, and gives items the kind that the API leaves out", async () => {
    server = await FakeApiServer.start((_request, response) => json(response, listOf([configMap("a", 1)], 7, "more")));
    const list = await server.client().list(CONFIG_MAPS, { namespace: "default", labelSelector: "a=b,!c", limit: 1 });
    expect(server.requests[0]!.url.search).toBe("?labelSelector=a%3Db%2C%21c&limit=1");
    expect(list).toEqual({ items: [configMap("a", 1)], resourceVersion: "7", continueToken: "more" });
  });

  it("carries bodies of many megabytes both ways", async () => {
    const big = "ä".repeat(4_000_000);
    server = await FakeApiServer.start((request, response) =>
      json(response, configMap("a", 1, { data: { length: request.body.length, big } })),
    );
    const answer = await server.client().create(CONFIG_MAPS, "default", { data: big });
    expect(answer["data"]).toEqual({ length: big.length + '{"data":""}'.length, big });
  });
});

describe("failures", () => {
  const cases = [
    {
      name: "reads the reason that the API gives",
      code: 409,
      fields: { reason: "AlreadyExists" },
      want: "AlreadyExists",
    },
    { name: "tells a conflict from a duplicate", code: 409, fields: { reason: "Conflict" }, want: "Conflict" },
    { name: "falls back on the code", code: 404, fields: {}, want: "NotFound" },
    { name: "takes Gone for Expired", code: 410, fields: { reason: "Gone" }, want: "Expired" },
    { name: "takes ServerTimeout for Timeout", code: 500, fields: { reason: "ServerTimeout" }, want: "Timeout" },
    { name: "does not know a new reason, but its code", code: 422, fields: { reason: "Novel" }, want: "Invalid" },
    { name: "does not know a code at all", code: 418, fields: {}, want: "Unknown" },
    { name: "knows no 5xx by heart", code: 599, fields: {}, want: "InternalError" },
  ] as const;

  it.each(cases)("$name", async ({ code, fields, want }) => {
    server = await FakeApiServer.start((_request, response) => status(response, code, { message: "no", ...fields }));
    const error = await failureOf(server.client().get(PODS, REF));
    expect(error).toMatchObject({ reason: want, status: code, request: "GET /api/v1/namespaces/default/pods/a" });
    expect(error.message).toBe("GET /api/v1/namespaces/default/pods/a: no");
  });

  it.each([
    {
      name: "in the header",
      headers: { "Retry-After": "7" } as Record<string, string>,
      details: undefined,
      wantMs: 7_000,
    },
    { name: "in the details", headers: {}, details: { retryAfterSeconds: 3 }, wantMs: 3_000 },
    { name: "nowhere", headers: {}, details: undefined, wantMs: undefined },
    { name: "as something else", headers: { "Retry-After": "soon" }, details: undefined, wantMs: undefined },
  ])("reads how long to wait: $name", async ({ headers, details, wantMs }) => {
    server = await FakeApiServer.start((_request, response) => status(response, 429, { details }, headers));
    const error = await failureOf(server.client().get(PODS, REF));
    expect(error).toMatchObject({ reason: "TooManyRequests", transient: true });
    expect(error.retryAfterMs).toBe(wantMs);
  });

  it("copes with something before the API that answers HTML", async () => {
    server = await FakeApiServer.start((_request, response) => void response.writeHead(502).end("<html>bad gateway"));
    const error = await failureOf(server.client().get(PODS, REF));
    expect(error).toMatchObject({ reason: "ServiceUnavailable", status: 502, transient: true });
  });

  it.each([
    { name: "no JSON", body: `{"token": "${TOKEN}", oops` },
    { name: "JSON that is no object", body: "[1]" },
    { name: "an object without metadata", body: "{}" },
    { name: "nothing", body: "" },
  ])("calls an answer malformed that is $name, without quoting it", async ({ body }) => {
    server = await FakeApiServer.start((_request, response) => void response.end(body));
    const error = await failureOf(server.client().get(PODS, REF));
    expect(error).toMatchObject({ reason: "Malformed", transient: false });
    expect(error.message).not.toContain(TOKEN);
  });

  it("calls an answer malformed that is no HTTP", async () => {
    server = await FakeApiServer.start((_request, response) => void response.socket?.end(`nonsense ${TOKEN}\r\n\r\n`));
    const error = await failureOf(server.client().get(PODS, REF));
    expect(error.reason).toBe("Malformed");
    expect(JSON.stringify(error) + error.stack + String(error.cause)).not.toContain(TOKEN);
  });

  it("says that nobody listens", async () => {
    server = await FakeApiServer.start();
    const url = server.url;
    const client = new HttpKubeClient({ connection: explicitConnection({ server: url }) });
    await server.close();
    const error = await failureOf(client.get(PODS, REF));
    expect(error).toMatchObject({ reason: "Unreachable", status: 0, transient: true });
    expect(error.message).toContain(`cannot reach ${url}`);
    server = await FakeApiServer.start();
  });

  it("says that the connection broke amid the answer", async () => {
    server = await FakeApiServer.start((_request, response) => {
      response.writeHead(200, { "Content-Length": "1000" }).write("{");
      setImmediate(() => response.destroy());
    });
    expect((await failureOf(server.client().get(PODS, REF))).reason).toBe("Unreachable");
  });

  it("says that there are no credentials", async () => {
    server = await FakeApiServer.start();
    const credentials = (): Promise<never> => Promise.reject(new Error("the plugin is not installed"));
    const connection = { server: new URL(server.url), namespace: "default", credentials };
    const error = await failureOf(server.client({ connection }).get(PODS, REF));
    expect(error.reason).toBe("Unauthorized");
    expect(error.message).toContain("the plugin is not installed");
    expect(server.requests).toEqual([]);
  });
});

describe("time-outs", () => {
  it("ends a call whose answer never begins", async () => {
    const clock = new SimulatedClock();
    server = await FakeApiServer.start(() => clock.advance(30_000));
    const error = await failureOf(server.client({ clock, requestTimeoutMs: 30_000 }).get(PODS, REF));
    expect(error).toMatchObject({ reason: "DeadlineExceeded", transient: true });
    expect(error.message).toContain("no answer within 30000 ms");
  });

  it("ends a call whose answer stops halfway", async () => {
    const clock = new SimulatedClock();
    server = await FakeApiServer.start((_request, response) => void response.writeHead(200).write('{"metadata":'));
    const answer = failureOf(server.client({ clock }).get(PODS, REF));
    await expect
      .poll(async () => {
        await clock.advance(10_000);
        return clock.nextDelayMs;
      })
      .toBeUndefined();
    expect((await answer).message).toContain("the answer stopped for 30000 ms");
  });

  it("leaves no timer behind", async () => {
    const clock = new SimulatedClock();
    server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    await server.client({ clock }).get(CONFIG_MAPS, REF);
    expect(clock.nextDelayMs).toBeUndefined();
  });
});

describe("connections", () => {
  it("makes 200 calls, 20 at a time, over no more sockets than the pool has", async () => {
    server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    const client = server.client({ maxSockets: 4 });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 20 }, () => client.get(CONFIG_MAPS, REF)));
    }
    expect(server.requests).toHaveLength(200);
    expect(server.connections).toBeLessThanOrEqual(4);
  });

  it("uses one socket for calls one after the other, failed ones included", async () => {
    server = await FakeApiServer.start((_request, response) => status(response, 404, { reason: "NotFound" }));
    const client = server.client();
    for (let call = 0; call < 20; call += 1) await failureOf(client.get(CONFIG_MAPS, REF));
    expect(server.connections).toBe(1);
  });

  it("reads once more when the server has closed the connection that it was about to use", async () => {
    let dropped = 0;
    server = await FakeApiServer.start((_request, response) => {
      if (server.requests.length !== 2) return json(response, configMap("a", 1));
      dropped += 1;
      response.socket?.resetAndDestroy();
    });
    const client = server.client();
    await client.get(CONFIG_MAPS, REF);
    await client.get(CONFIG_MAPS, REF);
    expect(dropped).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it("does not write a second time by itself", async () => {
    server = await FakeApiServer.start((_request, response) => {
      if (server.requests.length === 1) return json(response, configMap("a", 1));
      response.socket?.resetAndDestroy();
    });
    const client = server.client();
    await client.get(CONFIG_MAPS, REF);
    const error = await failureOf(client.create(CONFIG_MAPS, "default", {}));
    expect(error.reason).toBe("Unreachable");
    expect(server.requests).toHaveLength(2);
  });

  it("opens new connections when the certificate changes, and lets those under way end", async () => {
    server = await FakeApiServer.start();
    let answerFirst = (): void => {};
    server.script = (_request, response) => {
      if (server.requests.length === 1) answerFirst = () => json(response, configMap("slow", 1));
      else json(response, configMap("fast", 1));
    };
    let tls = { cert: "one" };
    const credentials = () => Promise.resolve({ headers: {}, tls });
    const client = server.client({ connection: { server: new URL(server.url), namespace: "default", credentials } });
    const slow = client.get(CONFIG_MAPS, REF);
    await expect.poll(() => server.requests.length).toBe(1);
    tls = { cert: "two" };
    await client.get(CONFIG_MAPS, REF);
    answerFirst();
    expect((await slow).metadata.name).toBe("slow");
    await client.get(CONFIG_MAPS, REF);
    expect(server.connections).toBe(2);
    await expect.poll(() => server.openSockets).toBe(1);
  });

  it("fails what is under way, and what waits for a socket, when it is closed", async () => {
    server = await FakeApiServer.start(() => {});
    const client = server.client({ maxSockets: 1 });
    const calls = [failureOf(client.get(PODS, REF)), failureOf(client.get(PODS, REF))];
    await expect.poll(() => server.requests.length).toBe(1);
    client.close();
    for (const error of await Promise.all(calls)) expect(error.reason).toBe("Unreachable");
    expect((await failureOf(client.get(PODS, REF))).message).toContain("closed");
    await expect.poll(() => server.openSockets).toBe(0);
  });

  it("gives up a list whose signal is aborted, even while it waits for a socket", async () => {
    server = await FakeApiServer.start(() => {});
    const client = server.client({ maxSockets: 1 });
    const abort = new AbortController();
    const blocked = failureOf(client.get(PODS, REF));
    await expect.poll(() => server.requests.length).toBe(1);
    const list = client.list(PODS, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(list).rejects.toThrow("enough");
    client.close();
    await blocked;
  });
});

describe("credentials that take their time", () => {
  async function waiting(clock: SimulatedClock): Promise<HttpKubeClient> {
    server = await FakeApiServer.start();
    const credentials = (): Promise<never> => new Promise(() => {});
    return server.client({ clock, connection: { server: new URL(server.url), namespace: "default", credentials } });
  }

  it("are waited for longer than the server is", async () => {
    const clock = new SimulatedClock();
    const client = await waiting(clock);
    let ended = false;
    const call = client.get(PODS, REF).catch(() => (ended = true));
    await clock.advance(600_000);
    expect(ended).toBe(false);
    client.close();
    await call;
  });

  it("hold up neither an abort nor close()", async () => {
    const client = await waiting(new SimulatedClock());
    const abort = new AbortController();
    const list = client.list(PODS, { signal: abort.signal });
    const get = failureOf(client.get(PODS, REF));
    abort.abort(new Error("enough"));
    await expect(list).rejects.toThrow("enough");
    client.close();
    expect((await get).message).toContain("closed");
  });
});

describe("the observer", () => {
  it("stands around every call and learns how much travelled", async () => {
    server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    const seen: (ApiCall & { outcome: string })[] = [];
    const client = server.client({
      observe: async (call, run) => {
        try {
          const value = await run();
          seen.push({ ...call, outcome: "ok" });
          return value;
        } catch (error) {
          seen.push({ ...call, outcome: (error as KubeError).reason });
          throw error;
        }
      },
    });
    await client.patch(WORKFLOWS, REF, { type: "merge", body: { a: 1 } }, { subresource: "status" });
    server.script = (_request, response) => status(response, 409, { reason: "Conflict" });
    await failureOf(client.replace(WORKFLOWS, REF, {}));
    const responseBytes = JSON.stringify(configMap("a", 1)).length;
    expect(seen).toEqual([
      {
        verb: "patch",
        resource: "workflows",
        subresource: "status",
        traffic: { requestBytes: 7, responseBytes },
        outcome: "ok",
      },
      {
        verb: "update",
        resource: "workflows",
        traffic: { requestBytes: 2, responseBytes: expect.any(Number) },
        outcome: "Conflict",
      },
    ]);
    expect(seen[1]!.traffic.responseBytes).toBeGreaterThan(0);
  });
});
