import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { CONFIG_MAPS, SimulatedClock } from "../src/index.ts";
import type { HttpKubeClient, WatchEvent } from "../src/index.ts";
import { failureOf, gather } from "./outcomes.ts";
import {
  FakeApiServer,
  TOKEN,
  bookmarkLine,
  configMap,
  eventLine,
  expiredStatus,
  json,
  status,
} from "./fake-api-server.ts";

let server: FakeApiServer;
afterEach(() => server.close());

const REF = { namespace: "default", name: "a" };
const never = new AbortController().signal;

async function collect(client: HttpKubeClient): Promise<WatchEvent[]> {
  return gather(client.watch(CONFIG_MAPS, { namespace: "default", resourceVersion: "1", signal: never }));
}

async function sendInPieces(response: ServerResponse, bytes: Buffer, size: number): Promise<void> {
  response.writeHead(200);
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise<void>((resolve) => response.write(bytes.subarray(at, at + size), () => resolve()));
  }
  response.end();
}

describe("watch", () => {
  it("asks for bookmarks and for an end", async () => {
    server = await FakeApiServer.start((_request, response) => void response.end());
    const watch = server
      .client()
      .watch(CONFIG_MAPS, { resourceVersion: "7", timeoutMs: 90_500, labelSelector: "a", signal: never });
    expect(await gather(watch)).toEqual([]);
    const { pathname, searchParams } = server.requests[0]!.url;
    expect(pathname).toBe("/api/v1/configmaps");
    expect(Object.fromEntries(searchParams)).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      labelSelector: "a",
      resourceVersion: "7",
      timeoutSeconds: "91",
    });
  });

  it.each([1, 2, 3, 7, 64])("puts events together that arrive in pieces of %i bytes", async (size) => {
    const text = configMap("a", 2, { data: { text: "äöü €uro 😀 line\nbreak" } });
    const lines = [eventLine("ADDED", text), "\n", eventLine("MODIFIED", configMap("a", 3)), bookmarkLine(9)];
    server = await FakeApiServer.start((_request, response) =>
      sendInPieces(response, Buffer.from(lines.join("")), size),
    );
    expect(await collect(server.client())).toEqual([
      { type: "ADDED", object: text },
      { type: "MODIFIED", object: configMap("a", 3) },
      { type: "BOOKMARK", resourceVersion: "9" },
    ]);
  });

  it("takes an event as large as several network buffers, and many at once", async () => {
    const large = configMap("a", 2, { data: "x".repeat(3_000_000) });
    const many = Array.from({ length: 500 }, (_, index) => configMap(`m${index}`, 3 + index));
    server = await FakeApiServer.start(
      (_request, response) => void response.end([large, ...many].map((object) => eventLine("ADDED", object)).join("")),
    );
    const events = await collect(server.client());
    expect(events).toHaveLength(501);
    expect(events[0]).toEqual({ type: "ADDED", object: large });
  });

  it("throws what the server reports amid the stream, after what came before it", async () => {
    server = await FakeApiServer.start(
      (_request, response) =>
        void response.end(eventLine("ADDED", configMap("a", 2)) + eventLine("ERROR", expiredStatus())),
    );
    const seen: WatchEvent[] = [];
    const watching = (async () => {
      for await (const event of server.client().watch(CONFIG_MAPS, { signal: never })) seen.push(event);
    })();
    expect(await failureOf(watching)).toMatchObject({ reason: "Expired", status: 410 });
    expect(seen).toHaveLength(1);
  });

  it("throws what the server answers instead of a stream", async () => {
    server = await FakeApiServer.start((_request, response) => status(response, 410, { reason: "Expired" }));
    expect(await failureOf(collect(server.client()))).toMatchObject({ reason: "Expired", status: 410 });
  });

  it.each([
    { name: "no JSON", line: `{"type":"ADDED","object":{"data":"${TOKEN}` },
    { name: "no event", line: "[]" },
    { name: "of an unknown type", line: eventLine("RENAMED", configMap("a", 1)) },
    { name: "without an object", line: '{"type":"ADDED"}\n' },
  ])("throws on a line that is $name, without quoting it", async ({ line }) => {
    server = await FakeApiServer.start((_request, response) => void response.end(line));
    const error = await failureOf(collect(server.client()));
    expect(error.reason).toBe("Malformed");
    expect(error.message).not.toContain(TOKEN);
  });

  it("throws when the connection breaks", async () => {
    server = await FakeApiServer.start((_request, response) => {
      response.write(eventLine("ADDED", configMap("a", 2)), () => server.dropConnections());
    });
    expect(await failureOf(collect(server.client()))).toMatchObject({ reason: "Unreachable", transient: true });
  });

  it("ends quietly when it is aborted: before it is open, while it is quiet, and amid events", async () => {
    server = await FakeApiServer.start(() => {});
    const client = server.client();
    const abort = new AbortController();
    const start = () => gather(client.watch(CONFIG_MAPS, { signal: abort.signal }));
    const unopened = start();
    await expect.poll(() => server.requests.length).toBe(1);
    server.script = (_request, response) => void response.write(eventLine("ADDED", configMap("a", 2)));
    const open = start();
    await expect.poll(() => server.requests.length).toBe(2);
    abort.abort();
    expect(await unopened).toEqual([]);
    expect((await open).length).toBeLessThanOrEqual(1);
    expect(await start()).toEqual([]);
    await expect.poll(() => server.openSockets).toBe(0);
  });

  it("frees its connection when the reader has enough", async () => {
    server = await FakeApiServer.start(
      (_request, response) => void response.write(eventLine("ADDED", configMap("a", 2))),
    );
    for await (const event of server.client().watch(CONFIG_MAPS, { signal: never })) {
      expect(event.type).toBe("ADDED");
      break;
    }
    await expect.poll(() => server.openSockets).toBe(0);
  });

  it("is not cut while it is idle, and does not take the place of a call", async () => {
    const clock = new SimulatedClock();
    const watches: ServerResponse[] = [];
    server = await FakeApiServer.start((request, response) => {
      if (!request.url.searchParams.has("watch")) return json(response, configMap("a", 1));
      watches.push(response);
      response.flushHeaders();
    });
    const client = server.client({ clock, maxSockets: 1, idleSocketMs: 20 });
    const watching = [collect(client), collect(client), collect(client)];
    await expect.poll(() => watches.length).toBe(3);
    await clock.advance(24 * 3_600_000);
    await client.get(CONFIG_MAPS, REF);
    await expect.poll(() => server.openSockets).toBe(3); // the idle socket of the call is gone, by the real clock
    for (const response of watches) response.end(eventLine("ADDED", configMap("a", 2)));
    for (const events of await Promise.all(watching)) expect(events).toHaveLength(1);
  });

  it("gives up on a server that should have ended it long ago", async () => {
    const clock = new SimulatedClock();
    server = await FakeApiServer.start((_request, response) => response.flushHeaders());
    const client = server.client({ clock, requestTimeoutMs: 30_000 });
    const watching = failureOf(gather(client.watch(CONFIG_MAPS, { timeoutMs: 300_000, signal: never })));
    await expect.poll(() => clock.nextDelayMs).toBe(330_000);
    await clock.advance(330_000);
    expect((await watching).reason).toBe("DeadlineExceeded");
  });

  it("does not mistake a slow reader for a silent server", async () => {
    const clock = new SimulatedClock();
    let goOn = (): void => {};
    server = await FakeApiServer.start((_request, response) => {
      response.write(eventLine("ADDED", configMap("a", 2)));
      goOn = () => response.end(eventLine("ADDED", configMap("b", 3)));
    });
    const names: unknown[] = [];
    for await (const event of server.client({ clock }).watch(CONFIG_MAPS, { timeoutMs: 1_000, signal: never })) {
      names.push(event.type === "ADDED" && event.object.metadata.name);
      await clock.advance(3_600_000);
      goOn();
    }
    expect(names).toEqual(["a", "b"]);
  });
});

describe("logs", () => {
  it("hands on text as it comes, with characters whole", async () => {
    const text = "first ä\nsecond 😀\n";
    server = await FakeApiServer.start((_request, response) => sendInPieces(response, Buffer.from(text), 1));
    const chunks = await gather(server.client().logs(REF, { container: "main", follow: true, tailLines: 10 }));
    expect(chunks.join("")).toBe(text);
    const { pathname, search } = server.requests[0]!.url;
    expect(pathname + search).toBe("/api/v1/namespaces/default/pods/a/log?container=main&follow=true&tailLines=10");
  });

  it("ends quietly when it is aborted", async () => {
    server = await FakeApiServer.start((_request, response) => void response.write("line\n"));
    const abort = new AbortController();
    let text = "";
    for await (const chunk of server.client().logs(REF, { follow: true, signal: abort.signal })) {
      text += chunk;
      abort.abort();
    }
    expect(text).toBe("line\n");
  });

  it("throws what the server answers instead", async () => {
    server = await FakeApiServer.start((_request, response) =>
      status(response, 400, { reason: "BadRequest", message: "waiting to start" }),
    );
    const error = await failureOf(gather(server.client().logs(REF)));
    expect(error.reason).toBe("BadRequest");
    expect(error.message).toContain("waiting to start");
  });
});
