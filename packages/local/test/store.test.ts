import type { KubeObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { ObjectStore } from "../src/store/object-store.ts";

function object(name: string, namespace?: string): KubeObject {
  return { metadata: namespace === undefined ? { name } : { name, namespace } };
}

describe("the object store", () => {
  it("stamps every write with a version of its own", () => {
    const store = new ObjectStore();
    const [one, two] = [store.put("a", object("x")), store.put("b", object("x"))];
    expect(two.version).toBe(one.version + 1);
    expect(one.object.metadata.resourceVersion).toBe(String(one.version));
    expect(store.version).toBe(two.version);
  });

  it("tells of writes in their order, also of those that a listener makes", () => {
    const store = new ObjectStore();
    const told: string[] = [];
    store.subscribe(({ object: { key } }) => {
      if (key === "first") store.put("a", object("second"));
    });
    store.subscribe(({ object: { key, version } }) => void told.push(`${key}@${version}`));
    const { version } = store.put("a", object("first"));
    expect(told).toEqual([`first@${version}`, `second@${version + 1}`]);
  });

  it("goes on telling after a listener has failed", () => {
    const store = new ObjectStore();
    let told = 0;
    const stop = store.subscribe(() => {
      throw new Error("a listener fails");
    });
    expect(() => store.put("a", object("x"))).toThrow("a listener fails");
    stop();
    store.subscribe(() => void (told += 1));
    store.put("a", object("y"));
    expect(told).toBe(1);
  });

  it("lists one namespace and not its neighbours", () => {
    const store = new ObjectStore();
    for (const namespace of ["a", "a-b", "ab", "b"]) store.put("things", object("x", namespace));
    const keys = (prefix: string): string[] =>
      store
        .collection("things")
        .list(prefix)
        .map(({ key }) => key);
    expect(keys("a/")).toEqual(["a/x"]);
    expect(keys("")).toEqual(["a-b/x", "a/x", "ab/x", "b/x"]);
    store.remove("things", "a-b/x");
    expect(keys("")).toEqual(["a/x", "ab/x", "b/x"]);
  });

  it("knows what was there at a version that it has not forgotten", () => {
    const store = new ObjectStore();
    store.put("things", object("old"));
    const { version } = store.put("things", { ...object("changed"), data: 1 });
    store.put("things", { ...object("changed"), data: 2 });
    store.put("things", object("new"));
    store.remove("things", "old");
    const then = store.collection("things").listAt("", version);
    expect(then.map(({ key, object: { data } }) => [key, data])).toEqual([
      ["changed", 1],
      ["old", undefined],
    ]);
  });

  it("forgets the oldest writes, by number and by size", () => {
    const few = new ObjectStore({ changes: 2, bytes: 1_000_000 });
    const { version } = few.put("a", object("x"));
    for (const name of ["y", "z"]) few.put("a", object(name));
    expect(few.collection("a").history.reachesBackTo(version - 1)).toBe(false);
    expect(few.collection("a").history.reachesBackTo(version)).toBe(true);
    const small = new ObjectStore({ changes: 100, bytes: 100 });
    const first = small.put("a", { ...object("x"), text: "t".repeat(200) });
    expect(small.collection("a").history.reachesBackTo(first.version - 1)).toBe(true);
    small.put("a", object("y"));
    expect(small.collection("a").history.reachesBackTo(first.version - 1)).toBe(false);
  });

  it("refuses what is too large without a trace", () => {
    const store = new ObjectStore();
    const before = store.version;
    expect(() => store.put("a", { ...object("x"), text: "t".repeat(1_600_000) })).toThrow(
      "etcdserver: request is too large",
    );
    expect([store.version, store.collection("a").size]).toEqual([before, 0]);
  });

  it("keeps its place over ten thousand writes", () => {
    const store = new ObjectStore({ changes: 50, bytes: 1_000_000 });
    const { history } = store.collection("a");
    for (let count = 0; count < 10_000; count++) store.put("a", object(`o${count % 7}`));
    const from = store.version - 50;
    expect(history.reachesBackTo(from)).toBe(true);
    expect(history.next(from)?.version).toBe(from + 1);
    expect(history.next(store.version)).toBeUndefined();
  });
});
