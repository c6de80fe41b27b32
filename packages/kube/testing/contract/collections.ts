import { describe, expect, it } from "vitest";
import type { KubeObject } from "@outrigger/types";
import { CONFIG_MAPS, Informer, listAll } from "../../src/index.ts";
import type { WatchEvent } from "../../src/index.ts";
import { eventually, gadgetBody, refOf } from "./scene.ts";
import type { Scene } from "./scene.ts";

const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? "";
const dataOf = (object: KubeObject): unknown => object["data"];

export function listingCases(scene: () => Scene): void {
  describe("listing", () => {
    it("selects by labels and fields", async () => {
      const { client, configMap, namespace } = scene();
      const red = nameOf(await configMap({}, { suite: "select", color: "red" }));
      const blue = nameOf(await configMap({}, { suite: "select", color: "blue", old: "" }));
      const list = async (labelSelector: string, fieldSelector = ""): Promise<readonly string[]> => {
        const { items } = await client.list(CONFIG_MAPS, { namespace, labelSelector, fieldSelector });
        return items.map(nameOf);
      };
      expect(await list("suite=select")).toEqual([red, blue]);
      expect(await list("suite=select,color!=red")).toEqual([blue]);
      expect(await list("suite=select,color in (red,green)")).toEqual([red]);
      expect(await list("suite=select,color notin (red,green)")).toEqual([blue]);
      expect(await list("suite=select,old")).toEqual([blue]);
      expect(await list("suite==select,!old")).toEqual([red]);
      expect(await list("suite=select", `metadata.name=${blue}`)).toEqual([blue]);
      expect(await list("suite=select", `metadata.name!=${blue}`)).toEqual([red]);
      expect(await list("suite=other")).toEqual([]);
    });

    it("goes page by page through one moment, whatever happens meanwhile", async () => {
      const { client, configMap, namespace } = scene();
      const labels = { suite: "pages" };
      const names = [];
      for (let made = 0; made < 5; made += 1) names.push(nameOf(await configMap({}, labels)));
      const options = { namespace, labelSelector: "suite=pages", limit: 2 };
      const first = await client.list(CONFIG_MAPS, options);
      await configMap({}, labels);
      const { continueToken = "" } = first;
      const second = await client.list(CONFIG_MAPS, { ...options, continueToken });
      const third = await client.list(CONFIG_MAPS, { ...options, continueToken: second.continueToken ?? "" });
      expect([first, second, third].flatMap(({ items }) => items.map(nameOf))).toEqual(names.toSorted());
      expect([first.items.length, second.items.length, third.items.length]).toEqual([2, 2, 1]);
      expect(third.continueToken).toBeUndefined();
      expect(second.resourceVersion).toBe(first.resourceVersion);
      expect((await listAll(client, CONFIG_MAPS, options)).items).toHaveLength(6);
    });

    it("reaches over all namespaces, and gives every item its kind", async () => {
      const { client, configMap, namespace } = scene();
      const target = await configMap({}, { suite: "all" });
      const { items } = await client.list(CONFIG_MAPS, { labelSelector: "suite=all" });
      expect(items.filter(({ metadata }) => metadata.namespace === namespace)).toEqual([target]);
    });

    it("answers an empty list with a version to watch from", async () => {
      const { client, namespace, gadgets } = scene();
      const list = await client.list(gadgets, { namespace, labelSelector: "suite=nothing" });
      expect(list).toEqual({ items: [], resourceVersion: expect.stringMatching(/^\d+$/) });
    });
  });
}

/** Watches until so many events have come. */
async function watch(
  scene: Scene,
  options: { from: string; labelSelector?: string; count: number },
): Promise<WatchEvent[]> {
  const { from: resourceVersion, count, ...selection } = options;
  const events: WatchEvent[] = [];
  const { signal } = new AbortController();
  const { client, namespace } = scene;
  const watching = client.watch(CONFIG_MAPS, { namespace, resourceVersion, timeoutMs: 15_000, signal, ...selection });
  for await (const event of watching) {
    if (event.type !== "BOOKMARK") events.push(event);
    if (events.length >= count) break;
  }
  return events;
}

function told(events: readonly WatchEvent[]): readonly unknown[] {
  return events.map((event) => (event.type === "BOOKMARK" ? event.type : [event.type, nameOf(event.object)]));
}

export function watchingCases(scene: () => Scene): void {
  describe("watching", () => {
    it("tells what happens after a list, in order, each with a newer version", async () => {
      const { client, configMap, namespace } = scene();
      const { resourceVersion: from } = await client.list(CONFIG_MAPS, { namespace });
      const watching = watch(scene(), { from, labelSelector: "suite=watch", count: 3 });
      const created = await configMap({ data: { a: "1" } }, { suite: "watch" });
      await client.patch(CONFIG_MAPS, refOf(created), { type: "merge", body: { data: { a: "2" } } });
      await client.delete(CONFIG_MAPS, refOf(created));
      const events = await watching;
      const name = nameOf(created);
      expect(told(events)).toEqual([
        ["ADDED", name],
        ["MODIFIED", name],
        ["DELETED", name],
      ]);
      const objects = events.flatMap((event) => ("object" in event ? [event.object] : []));
      expect(objects.map(dataOf)).toEqual([{ a: "1" }, { a: "2" }, { a: "2" }]);
      const versions = objects.map(({ metadata }) => Number(metadata.resourceVersion));
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
      expect(objects[0]).toEqual(created);
    });

    it("resumes from any version that it has seen", async () => {
      const { configMap } = scene();
      const first = await configMap({}, { suite: "resume" });
      const second = nameOf(await configMap({}, { suite: "resume" }));
      const from = first.metadata.resourceVersion ?? "";
      expect(told(await watch(scene(), { from, labelSelector: "suite=resume", count: 1 }))).toEqual([
        ["ADDED", second],
      ]);
    });

    it("tells what enters and leaves the selection", async () => {
      const { client, configMap } = scene();
      const created = await configMap({}, { suite: "outside" });
      const target = refOf(created);
      const relabel = (suite: string) =>
        client.patch(CONFIG_MAPS, target, { type: "merge", body: { metadata: { labels: { suite } } } });
      await relabel("inside");
      const left = await relabel("outside");
      const from = created.metadata.resourceVersion ?? "";
      const events = await watch(scene(), { from, labelSelector: "suite=inside", count: 2 });
      expect(told(events)).toEqual([
        ["ADDED", target.name],
        ["DELETED", target.name],
      ]);
      expect(events[1]).toMatchObject({ object: { metadata: { resourceVersion: left.metadata.resourceVersion } } });
    });
  });
}

export function watchLifeCases(scene: () => Scene): void {
  describe("the life of a watch", () => {
    it("begins with what is there when no version is given", async () => {
      const { configMap } = scene();
      const name = nameOf(await configMap({}, { suite: "initial" }));
      expect(told(await watch(scene(), { from: "", labelSelector: "suite=initial", count: 1 }))).toEqual([
        ["ADDED", name],
      ]);
    });

    it("ends by itself after the time that is asked for, and at once when it is aborted", async () => {
      const { client, namespace } = scene();
      const events: WatchEvent[] = [];
      const never = new AbortController().signal;
      const selection = { namespace, labelSelector: "suite=quiet" };
      for await (const event of client.watch(CONFIG_MAPS, { ...selection, timeoutMs: 1_000, signal: never }))
        events.push(event);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 50);
      for await (const event of client.watch(CONFIG_MAPS, { ...selection, signal: abort.signal })) events.push(event);
      expect(events.filter(({ type }) => type !== "BOOKMARK")).toEqual([]);
    });
  });
}

export function informerCases(scene: () => Scene): void {
  describe("an informer", () => {
    it("follows a collection, and shows our own writes at once", async () => {
      const { client, gadgets, namespace, ref } = scene();
      const informer = new Informer({ client, resource: gadgets, namespace, labelSelector: "suite=informer" });
      const changes: string[] = [];
      informer.onChange(({ type, source }) => changes.push(`${type} by ${source}`));
      informer.start();
      await informer.whenSynced();
      const metadata = { ...ref(), labels: { suite: "informer" } };
      const created = await client.create(gadgets, namespace, gadgetBody(scene(), metadata, { spec: { a: 1 } }));
      informer.noteWritten(created);
      const seen = () => informer.get(refOf(created))?.["spec"];
      expect(seen()).toEqual({ a: 1 });
      const patched = await client.patch(gadgets, refOf(created), { type: "merge", body: { spec: { a: 2 } } });
      informer.noteWritten(patched);
      expect(seen()).toEqual({ a: 2 });
      await client.delete(gadgets, refOf(created));
      await eventually(async () => (informer.size === 0 ? true : undefined));
      await informer.stop();
      expect(changes.map((change) => change.split(" ")[0])).toEqual(["added", "modified", "deleted"]);
      expect(informer.state).toMatchObject({ failures: 0, relists: 0 });
    });
  });
}
