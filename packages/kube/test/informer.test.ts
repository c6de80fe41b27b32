import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "@outrigger/types";
import { CONFIG_MAPS, Informer, KubeError, SimulatedClock, objectKey } from "../src/index.ts";
import type { InformerOptions } from "../src/index.ts";
import {
  FakeApiServer,
  bookmarkLine,
  configMap,
  eventLine,
  expiredStatus,
  isWatch,
  json,
  listOf,
  status,
} from "./fake-api-server.ts";
import type { SeenRequest } from "./fake-api-server.ts";

/** A collection with a watch that the test feeds by hand. */
class Collection {
  readonly server: FakeApiServer;
  items: KubeObject[] = [];
  version = 10;
  /** Watches that are open now. */
  readonly watches: ServerResponse[] = [];
  /** Answers the next requests in place of the usual one. */
  readonly disturbances: ((request: SeenRequest, response: ServerResponse) => void)[] = [];

  constructor(server: FakeApiServer) {
    this.server = server;
    server.script = (request, response) => {
      const disturb = this.disturbances.shift();
      if (disturb !== undefined) return disturb(request, response);
      if (!isWatch(request)) return json(response, listOf(this.items, this.version));
      this.watches.push(response);
      response.on("close", () => void this.watches.splice(this.watches.indexOf(response), 1));
      response.flushHeaders();
    };
  }

  send(...lines: readonly string[]): void {
    for (const watch of this.watches) watch.write(lines.join(""));
  }

  get lists(): readonly SeenRequest[] {
    return this.server.requests.filter((request) => !isWatch(request));
  }

  /** From which version each watch started. */
  get watchedFrom(): readonly (string | null)[] {
    return this.server.requests.filter(isWatch).map(({ url }) => url.searchParams.get("resourceVersion"));
  }
}

let server: FakeApiServer;
let collection: Collection;
let informers: Informer<string>[] = [];
beforeEach(async () => {
  server = await FakeApiServer.start();
  collection = new Collection(server);
});
afterEach(async () => {
  await Promise.all(informers.map((informer) => informer.stop()));
  informers = [];
  await server.close();
});

function soon<T>(look: () => T) {
  return expect.poll(look, { interval: 3 });
}

const BACKOFF = { initialMs: 1, factor: 2, maxMs: 20, jitter: 0 };

interface Setup {
  readonly informer: Informer<string>;
  readonly changes: string[];
  readonly errors: unknown[];
}

function inform(options: Partial<InformerOptions<string>> = {}): Setup {
  const changes: string[] = [];
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const informer = new Informer({
    client: server.client(),
    resource: CONFIG_MAPS,
    backoff: BACKOFF,
    onError,
    ...options,
  });
  informers.push(informer);
  informer.onChange(({ type, object }) =>
    changes.push(`${type} ${object.metadata.name} v${object.metadata.resourceVersion}`),
  );
  informer.start();
  return { informer, changes, errors };
}

async function synced(options: Partial<InformerOptions<string>> = {}): Promise<Setup> {
  const setup = inform(options);
  await setup.informer.whenSynced();
  await soon(() => collection.watches.length).toBe(1);
  return setup;
}

const names = (informer: Informer<string>): readonly string[] =>
  informer.list().map(({ metadata }) => `${metadata.name} v${metadata.resourceVersion}`);

describe("an informer on a calm day", () => {
  it("lists, then watches from there, and tells what changes", async () => {
    collection.items = [configMap("a", 3), configMap("b", 5)];
    const { informer, changes } = await synced();
    expect(informer.hasSynced).toBe(true);
    collection.send(
      eventLine("ADDED", configMap("c", 11)),
      eventLine("MODIFIED", configMap("a", 12)),
      eventLine("DELETED", configMap("b", 13)),
    );
    await soon(() => changes.length).toBe(5);
    expect(changes).toEqual(["added a v3", "added b v5", "added c v11", "modified a v12", "deleted b v13"]);
    expect(names(informer)).toEqual(["c v11", "a v12"]);
    expect(informer.get({ namespace: "default", name: "a" })).toEqual(configMap("a", 12));
    expect(collection.watchedFrom).toEqual(["10"]);
    expect(informer.state).toMatchObject({ synced: true, failures: 0, relists: 0, resourceVersion: "13" });
  });

  it("reads a long list page by page", async () => {
    const pages = [
      listOf([configMap("a", 1)], 7, "p2"),
      listOf([configMap("b", 2)], 7, "p3"),
      listOf([configMap("c", 3)], 7),
    ];
    for (const page of pages) collection.disturbances.push((_request, response) => json(response, page));
    const { informer } = await synced({ pageSize: 1 });
    expect(names(informer)).toEqual(["a v1", "b v2", "c v3"]);
    expect(collection.lists.map(({ url }) => url.searchParams.get("continue"))).toEqual([null, "p2", "p3"]);
    expect(collection.lists.map(({ url }) => url.searchParams.get("limit"))).toEqual(["1", "1", "1"]);
    expect(collection.watchedFrom).toEqual(["7"]);
  });

  it("reads a list in one go when the server forgets the next page", async () => {
    collection.items = [configMap("a", 1), configMap("b", 2)];
    collection.disturbances.push(
      (_request, response) => json(response, listOf([configMap("a", 1)], 7, "p2")),
      (_request, response) => status(response, 410, { reason: "Expired" }),
    );
    const { informer, errors } = await synced();
    expect(names(informer)).toEqual(["a v1", "b v2"]);
    expect(collection.lists.at(-1)?.url.search).toBe("");
    expect(errors).toEqual([]);
  });

  it("asks for its selection only", async () => {
    await synced({ namespace: "argo", labelSelector: "app=web", fieldSelector: "metadata.name=a" });
    expect(server.requests).toHaveLength(2);
    for (const { url } of server.requests) {
      expect(url.pathname).toBe("/api/v1/namespaces/argo/configmaps");
      expect(url.searchParams.get("labelSelector")).toBe("app=web");
      expect(url.searchParams.get("fieldSelector")).toBe("metadata.name=a");
    }
  });

  it("finds objects by index", async () => {
    collection.items = [configMap("a", 1, { data: { owner: "x" } }), configMap("b", 2, { data: { owner: "y" } })];
    const byOwner = (object: KubeObject): string[] => [(object["data"] as { owner: string }).owner];
    const { informer } = await synced({ indexes: { byOwner } });
    expect(informer.byIndex("byOwner", "x").map(({ metadata }) => objectKey(metadata))).toEqual(["default/a"]);
  });

  it("drops managed fields, or keeps what it is told to", async () => {
    const object = configMap("a", 1);
    collection.items = [{ ...object, metadata: { ...object.metadata, managedFields: [{ manager: "x" }] } }];
    const { informer } = await synced();
    expect(informer.list()).toEqual([object]);
    const bare = inform({ transform: ({ metadata }) => ({ metadata }) });
    await bare.informer.whenSynced();
    expect(bare.informer.list()).toEqual([{ metadata: collection.items[0]?.metadata }]);
  });

  it("follows bookmarks, and resumes after them", async () => {
    const { informer, changes, errors } = await synced();
    collection.send(bookmarkLine(50));
    await soon(() => informer.state.resourceVersion).toBe("50");
    collection.watches[0]?.end();
    await soon(() => collection.watchedFrom).toEqual(["10", "50"]);
    expect(collection.lists).toHaveLength(1);
    expect(changes).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe("an informer and our own writes", () => {
  it("shows a write at once, and tells it once", async () => {
    collection.items = [configMap("a", 3)];
    const { informer, changes } = await synced();
    informer.noteWritten(configMap("a", 12));
    expect(names(informer)).toEqual(["a v12"]);
    collection.send(
      eventLine("MODIFIED", configMap("a", 11)),
      eventLine("MODIFIED", configMap("a", 12)),
      bookmarkLine(12),
    );
    await soon(() => informer.state.resourceVersion).toBe("12");
    expect(changes).toEqual(["added a v3", "modified a v12"]);
  });

  it("does not take up what its selection does not hold", async () => {
    const { informer } = await synced({ namespace: "argo" });
    informer.noteWritten(configMap("a", 12));
    expect(informer.size).toBe(0);
  });
});

describe("an informer in trouble", () => {
  it("goes on from where it was when the connection breaks", async () => {
    collection.items = [configMap("a", 3)];
    const { informer, errors } = await synced();
    collection.send(eventLine("ADDED", configMap("b", 11)));
    await soon(() => informer.size).toBe(2);
    server.dropConnections();
    await soon(() => collection.watchedFrom).toEqual(["10", "11"]);
    expect(collection.lists).toHaveLength(1);
    expect(errors).toMatchObject([{ reason: "Unreachable" }]);
    expect(informer.state.lastError).toBe(errors[0]);
  });

  it("stays readable through an outage, and notices deletions that happened meanwhile", async () => {
    collection.items = [configMap("a", 3), configMap("b", 4)];
    const { informer, changes, errors } = await synced();
    collection.items = [configMap("b", 14), configMap("c", 15)];
    collection.version = 20;
    for (let failing = 0; failing < 5; failing += 1) {
      collection.disturbances.push((_request, response) => status(response, 503, { reason: "ServiceUnavailable" }));
    }
    collection.disturbances.push((_request, response) => status(response, 410, { reason: "Expired" }));
    server.dropConnections();
    await soon(() => errors.length).toBeGreaterThan(1);
    expect(informer.hasSynced).toBe(true);
    await soon(() => names(informer)).toEqual(["b v14", "c v15"]);
    expect(changes.slice(2)).toEqual(["modified b v14", "added c v15", "deleted a v3"]);
    expect(informer.state.relists).toBe(1);
    await soon(() => collection.watchedFrom.at(-1)).toBe("20");
  });

  it.each([
    { name: "says 410 amid the stream", line: eventLine("ERROR", expiredStatus()) },
    { name: "sends garbage", line: "%%%\n" },
    { name: "sends an object without metadata", line: eventLine("ADDED", {}) },
    {
      name: "does not know our version",
      line: eventLine("ERROR", { kind: "Status", code: 504, reason: "Timeout", message: "Too large resource version" }),
    },
  ])("lists anew when the server $name", async ({ line }) => {
    const { informer, errors } = await synced();
    collection.items = [configMap("z", 30)];
    collection.version = 30;
    collection.send(line);
    await soon(() => names(informer)).toEqual(["z v30"]);
    expect(errors).toHaveLength(1);
    await soon(() => collection.watchedFrom).toEqual(["10", "30"]);
  });

  it.each([
    { name: "it may not list", code: 403, reason: "Forbidden" },
    { name: "its token has run out", code: 401, reason: "Unauthorized" },
    { name: "the kind is not installed yet", code: 404, reason: "NotFound" },
    { name: "the server has a bad day", code: 500, reason: "InternalError" },
  ])("keeps trying while $name, and says so", async ({ code, reason }) => {
    for (let failing = 0; failing < 4; failing += 1) {
      collection.disturbances.push((_request, response) => status(response, code, { reason }));
    }
    const seen: unknown[] = [];
    const { informer } = inform({
      onError: (error) => seen.push([(error as KubeError).reason, informer.hasSynced, informer.state.failures]),
    });
    await informer.whenSynced();
    expect(seen).toEqual([1, 2, 3, 4].map((failures) => [reason, false, failures]));
    expect(informer.state.lastError).toMatchObject({ reason });
    expect(informer.refusal?.reason).toBe(reason === "Forbidden" ? reason : undefined);
    await soon(() => collection.watches.length).toBe(1);
    collection.send(bookmarkLine(11));
    await soon(() => informer.state.failures).toBe(0);
    expect(informer.refusal).toBeUndefined();
  });

  it("waits as long as the server asks", async () => {
    collection.disturbances.push((_request, response) => status(response, 429, {}, { "Retry-After": "1" }));
    const clock = new SimulatedClock();
    const { informer } = inform({ clock });
    await soon(() => clock.nextDelayMs).toBe(1_000);
    await clock.advance(999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await informer.whenSynced();
  });

  it("counts a quiet watch as healthy after a while", async () => {
    const clock = new SimulatedClock();
    collection.disturbances.push((_request, response) => status(response, 500, {}));
    const { informer } = inform({ clock, backoff: { ...BACKOFF, initialMs: 0 } });
    await soon(() => clock.nextDelayMs).toBe(0);
    await clock.advance(0);
    await soon(() => collection.watches.length).toBe(1);
    expect(informer.state.failures).toBe(1);
    await clock.advance(34_999);
    expect(informer.state.failures).toBe(1);
    await clock.advance(1);
    expect(informer.state.failures).toBe(0);
  });

  it("slows down when watches end as soon as they begin", async () => {
    collection.disturbances.push((_request, response) => json(response, listOf([], 10)));
    for (let watch = 0; watch < 5; watch += 1)
      collection.disturbances.push((_request, response) => void response.end());
    const { informer, errors } = await synced();
    expect(errors).toHaveLength(5);
    expect(informer.state.failures).toBe(5);
    expect(collection.lists).toHaveLength(1);
  });

  it("starts over when the server has lost its memory", async () => {
    collection.items = [configMap("a", 9)];
    const { informer, changes } = await synced();
    collection.items = [configMap("a", 2, { uid: "reborn" })];
    collection.version = 2;
    collection.send(eventLine("ERROR", expiredStatus()));
    await soon(() => names(informer)).toEqual(["a v2"]);
    expect(changes).toEqual(["added a v9", "deleted a v9", "added a v2"]);
    await soon(() => collection.watchedFrom).toEqual(["10", "2"]);
  });

  it("survives listeners and callbacks that throw", async () => {
    collection.items = [configMap("a", 3)];
    const errors: unknown[] = [];
    const informer = new Informer({
      client: server.client(),
      resource: CONFIG_MAPS,
      backoff: BACKOFF,
      onError: (error) => {
        errors.push(error);
        throw new Error("the callback is broken too");
      },
    });
    informers.push(informer);
    const told: unknown[] = [];
    informer.onChange(() => {
      throw new Error("a broken listener");
    });
    informer.onChange((change) => told.push(change.type));
    informer.start();
    await soon(() => collection.watches.length).toBe(1);
    collection.send(eventLine("DELETED", configMap("a", 11)));
    await soon(() => told).toEqual(["added", "deleted"]);
    expect(errors).toHaveLength(2);
  });
});

describe("an informer that is stopped", () => {
  it("closes its watch, leaves no timer, and says nothing any more", async () => {
    const clock = new SimulatedClock();
    const { informer, changes, errors } = await synced({ clock });
    await informer.stop();
    expect(clock.nextDelayMs).toBeUndefined();
    await soon(() => collection.watches.length).toBe(0);
    informer.noteWritten(configMap("a", 12));
    expect(changes).toEqual([]);
    expect(errors).toEqual([]);
    await informer.stop();
  });

  it("gives up a list that is under way, and those who wait for it", async () => {
    collection.disturbances.push(() => {});
    const { informer } = inform();
    const waiting = informer.whenSynced();
    await soon(() => server.requests.length).toBe(1);
    await informer.stop();
    await expect(waiting).rejects.toThrow("stopped before it had synced");
  });

  it("does not wait for the end of a long pause", async () => {
    collection.disturbances.push((_request, response) => status(response, 500, {}));
    const { informer, errors } = inform({ backoff: { initialMs: 3_600_000, factor: 1, maxMs: 3_600_000, jitter: 0 } });
    await soon(() => errors.length).toBe(1);
    await informer.stop();
    expect(errors[0]).toBeInstanceOf(KubeError);
  });

  it("stops telling a listener that has left", async () => {
    const { informer } = await synced();
    const told: unknown[] = [];
    const leave = informer.onChange((change) => told.push(change));
    leave();
    informer.noteWritten(configMap("a", 12));
    expect(told).toEqual([]);
  });
});
