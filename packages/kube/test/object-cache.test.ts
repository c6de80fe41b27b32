import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "@outrigger/types";
import type { KubeList } from "../src/client.ts";
import { ObjectCache } from "../src/object-cache.ts";
import type { ObjectChange, ObjectEvent } from "../src/object-cache.ts";
import { configMap } from "./fake-api-server.ts";

const REF = { namespace: "default", name: "a" };
const summary = (changes: readonly ObjectChange[]): readonly string[] =>
  changes.map(
    ({ type, object, source }) => `${type} ${object.metadata.name} v${object.metadata.resourceVersion} by ${source}`,
  );

function cacheOf(...versions: readonly number[]): ObjectCache {
  const cache = new ObjectCache();
  cache.replace({ items: versions.map((version) => configMap("a", version)), resourceVersion: "10" });
  return cache;
}

describe("a cache of objects", () => {
  it("compares versions as numbers: 10 is newer than 9", () => {
    const cache = cacheOf(9);
    expect(summary(cache.apply({ type: "MODIFIED", object: configMap("a", 100) }))).toEqual([
      "modified a v100 by watch",
    ]);
    expect(cache.apply({ type: "MODIFIED", object: configMap("a", 20) })).toEqual([]);
    expect(cache.get(REF)).toEqual(configMap("a", 100));
  });

  it("ignores an event that it knows from our own write, and one that is older", () => {
    const cache = cacheOf(9);
    expect(summary(cache.note(configMap("a", 15)))).toEqual(["modified a v15 by written"]);
    expect(cache.apply({ type: "MODIFIED", object: configMap("a", 12) })).toEqual([]);
    expect(cache.apply({ type: "MODIFIED", object: configMap("a", 15) })).toEqual([]);
    expect(cache.get(REF)?.metadata.resourceVersion).toBe("15");
  });

  it("does not bring back what was deleted after our write was answered", () => {
    const cache = cacheOf(9);
    expect(summary(cache.apply({ type: "DELETED", object: configMap("a", 20) }))).toEqual(["deleted a v20 by watch"]);
    expect(cache.note(configMap("a", 15))).toEqual([]);
    expect(cache.apply({ type: "ADDED", object: configMap("a", 9) })).toEqual([]);
    expect(cache.list()).toEqual([]);
  });

  it("keeps, across a list, what was written after the list was made", () => {
    const cache = cacheOf();
    cache.note(configMap("a", 15));
    expect(cache.replace({ items: [], resourceVersion: "12" })).toEqual([]);
    expect(cache.get(REF)).toEqual(configMap("a", 15));
    expect(summary(cache.replace({ items: [], resourceVersion: "16" }))).toEqual(["deleted a v15 by list"]);
  });

  it("tells a namesake from the object before it", () => {
    const cache = cacheOf(9);
    const second = configMap("a", 20, { uid: "second" });
    expect(summary(cache.note(second))).toEqual(["deleted a v9 by written", "added a v20 by written"]);
    expect(cache.apply({ type: "DELETED", object: configMap("a", 18) })).toEqual([]);
    expect(cache.get(REF)).toEqual(second);
  });

  it("starts over when the server's versions go backwards", () => {
    const cache = cacheOf(9);
    const fresh = configMap("a", 2, { uid: "fresh" });
    expect(summary(cache.replace({ items: [fresh], resourceVersion: "3" }))).toEqual([
      "deleted a v9 by list",
      "added a v2 by list",
    ]);
    expect(cache.reached).toBe("3");
  });

  it("takes versions that are no numbers as they come", () => {
    const cache = new ObjectCache();
    cache.replace({ items: [configMap("a", "abc")], resourceVersion: "xyz" });
    expect(summary(cache.apply({ type: "MODIFIED", object: configMap("a", "abb") }))).toEqual([
      "modified a vabb by watch",
    ]);
  });

  it("takes out what our own write took out of the selection, and no older event brings it back", () => {
    const cache = new ObjectCache({}, (object) => object["data"] === "in");
    cache.replace({ items: [configMap("a", 9, { data: "in" })], resourceVersion: "10" });
    expect(summary(cache.note(configMap("a", 15, { data: "out" })))).toEqual(["deleted a v15 by written"]);
    expect(cache.apply({ type: "MODIFIED", object: configMap("a", 12, { data: "in" }) })).toEqual([]);
    expect(cache.apply({ type: "DELETED", object: configMap("a", 15, { data: "in" }) })).toEqual([]);
    expect(summary(cache.apply({ type: "ADDED", object: configMap("a", 17, { data: "in" }) }))).toEqual([
      "added a v17 by watch",
    ]);
  });

  it("finds objects by index, and an object that the index cannot read stops nobody", () => {
    const cache = new ObjectCache({
      byOwner: (object) => (object["data"] as { owners: string[] }).owners,
    });
    const owned = (name: string, version: number, ...owners: string[]): KubeObject =>
      configMap(name, version, { data: { owners } });
    const items = [owned("a", 1, "x", "y"), owned("b", 2, "x"), configMap("broken", 3)];
    cache.replace({ items, resourceVersion: "10" });
    const names = (key: string): unknown[] => cache.byIndex("byOwner", key).map(({ metadata }) => metadata.name);
    expect([names("x"), names("y"), names("z")]).toEqual([["a", "b"], ["a"], []]);
    cache.apply({ type: "MODIFIED", object: owned("a", 11, "z") });
    cache.apply({ type: "DELETED", object: owned("b", 12, "x") });
    expect([names("x"), names("y"), names("z")]).toEqual([[], [], ["a"]]);
    expect(cache.size).toBe(2);
  });
});

type Step =
  | { readonly do: "write"; readonly name: string; readonly data: "in" | "out" | "gone"; readonly noteAfter: number }
  | { readonly do: "deliver"; readonly count: number }
  | { readonly do: "redeliver"; readonly back: number }
  /** The list is made now and arrives after so many further steps; meanwhile there is no watch. */
  | { readonly do: "relist"; readonly arrivesAfter: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      name: fc.constantFrom("a", "b"),
      data: fc.constantFrom("in", "in", "out", "gone"),
      noteAfter: fc.integer({ min: -2, max: 4 }), // below 0: nobody notes it
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("deliver" as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("redeliver" as const), back: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("relist" as const), arrivesAfter: fc.integer({ min: 0, max: 4 }) }),
  },
);

const selected = (object: KubeObject | undefined): boolean => object?.["data"] === "in";
const version = (object: KubeObject): number => Number(object.metadata.resourceVersion);
const sorted = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).toSorted();

interface PendingList {
  readonly list: KubeList;
  readonly seen: number;
  due: number;
}

/** A server with a selection, its watch, and a client whose writes are noted at some later time. Gathers what goes wrong. */
class World {
  readonly problems: string[] = [];
  readonly #cache = new ObjectCache({}, selected);
  /** What a listener knows from changes alone. */
  readonly #told = new Map<string, KubeObject>();
  readonly #stored = new Map<string, KubeObject>();
  readonly #events: ObjectEvent[] = [];
  readonly #notes: { readonly object: KubeObject; due: number }[] = [];
  /** The newest that was noted, by name. */
  readonly #noted = new Map<string, KubeObject>();
  readonly #newest = new Map<string, number>();
  #list: PendingList | undefined;
  #delivered = 0;
  #version = 0;

  run(steps: readonly Step[]): void {
    this.#askForList(0);
    this.#listArrives();
    for (const next of steps) {
      this.#step(next);
      if (this.#list !== undefined && this.#list.due-- === 0) this.#listArrives();
      for (const { object } of this.#notes.filter((note) => note.due-- === 0)) this.#note(object);
      this.#checkOwnWrites();
    }
    if (this.#list !== undefined) this.#listArrives();
    this.#deliver(Infinity);
    this.#check(same(this.#cache.list(), this.#selection()), "the cache did not end as the server");
  }

  #step(next: Step): void {
    if (next.do === "write") this.#write(next);
    else if (next.do === "relist") this.#askForList(next.arrivesAfter);
    else if (next.do === "deliver") this.#deliver(next.count);
    else this.#redeliver(next.back);
  }

  #write({ name, data, noteAfter }: Extract<Step, { do: "write" }>): void {
    this.#version += 1;
    const before = this.#stored.get(name);
    const uid = before?.metadata.uid ?? `${name}-${this.#version}`;
    const after = configMap(name, this.#version, { uid, data });
    if (data === "gone") this.#stored.delete(name);
    else this.#stored.set(name, after);
    if (selected(after)) this.#events.push({ type: selected(before) ? "MODIFIED" : "ADDED", object: after });
    else if (selected(before))
      this.#events.push({ type: "DELETED", object: configMap(name, this.#version, { uid, data: "in" }) });
    if (data !== "gone" && noteAfter >= 0) this.#notes.push({ object: after, due: noteAfter });
  }

  #selection(): readonly KubeObject[] {
    return [...this.#stored.values()].filter(selected);
  }

  #askForList(due: number): void {
    const list = { items: this.#selection(), resourceVersion: String(this.#version) };
    this.#list ??= { list, seen: this.#events.length, due };
  }

  #listArrives(): void {
    if (this.#list === undefined) return;
    this.#tell(this.#cache.replace(this.#list.list));
    this.#delivered = this.#list.seen;
    this.#list = undefined;
  }

  #deliver(count: number): void {
    if (this.#list !== undefined) return;
    const events = this.#events.slice(this.#delivered, this.#delivered + count);
    this.#delivered += events.length;
    for (const event of events) this.#tell(this.#cache.apply(event));
  }

  #redeliver(back: number): void {
    const events = this.#events.slice(Math.max(0, this.#delivered - back), this.#delivered);
    for (const event of events) this.#tell(this.#cache.apply(event));
  }

  #note(object: KubeObject): void {
    this.#tell(this.#cache.note(object));
    const { name = "" } = object.metadata;
    const noted = this.#noted.get(name);
    if (noted === undefined || version(noted) < version(object)) this.#noted.set(name, object);
  }

  // Our own write, or something newer, or nothing because it is over: never what was before it.
  #checkOwnWrites(): void {
    for (const [name, noted] of this.#noted) {
      const cached = this.#cache.get({ namespace: "default", name });
      if (cached !== undefined) this.#check(version(cached) >= version(noted), "what was before an own write is seen");
      else this.#check(!selected(noted) || this.#stored.get(name) !== noted, "an own write is hidden");
    }
  }

  #tell(changes: readonly ObjectChange[]): void {
    for (const { type, object } of changes) {
      const { name = "", uid = "" } = object.metadata;
      this.#check(version(object) >= (this.#newest.get(uid) ?? 0), "an object went back to an older version");
      this.#newest.set(uid, version(object));
      this.#check(this.#told.has(name) === (type !== "added"), `${type} does not fit what was told before`);
      if (type === "deleted") this.#told.delete(name);
      else this.#told.set(name, object);
    }
    this.#check(same([...this.#told.values()], this.#cache.list()), "what was told is not what is there");
  }

  #check(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}

function same(some: readonly KubeObject[], others: readonly KubeObject[]): boolean {
  return sorted(some).join() === sorted(others).join();
}

describe("whatever the order of writes, events and lists", () => {
  it("never goes back, hides no own write, tells every change, and ends as the server", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = new World();
        world.run(steps);
        expect(world.problems).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
