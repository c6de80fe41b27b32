import { SimulatedClock } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { KindRegistry } from "../src/kinds/kind-registry.ts";
import type { ClusterState } from "../src/objects/cluster-state.ts";
import { WatchCursor } from "../src/objects/watch-cursor.ts";
import type { CursorOptions } from "../src/objects/watch-cursor.ts";
import { ObjectStore } from "../src/store/object-store.ts";

function setUp(changes = 1000): {
  readonly state: ClusterState;
  readonly put: (name: string, color?: string) => number;
} {
  const state = {
    store: new ObjectStore({ changes, bytes: 1_000_000 }),
    kinds: new KindRegistry(),
    clock: new SimulatedClock(),
  };
  const put = (name: string, color = "none"): number =>
    state.store.put("configmaps", { metadata: { name, namespace: "ns", labels: { color } } }).version;
  return { state, put };
}

function cursor(state: ClusterState, options: Partial<CursorOptions> = {}): WatchCursor {
  const kind = state.kinds.find({ group: "", version: "v1", plural: "configmaps" })!;
  return new WatchCursor(state, kind, {
    namespace: undefined,
    selector: undefined,
    after: state.store.version,
    ...options,
  });
}

function readAll(from: WatchCursor): (string | undefined)[] {
  const read: string[] = [];
  for (let event = from.next(); event !== undefined; event = from.next()) {
    if (event === "expired") return [...read, "expired"];
    read.push(`${event.type} ${event.stored.key}@${event.stored.version}`);
  }
  return read;
}

describe("a watch cursor", () => {
  it("reads every change once, in order", () => {
    const { state, put } = setUp();
    const watch = cursor(state);
    expect(readAll(watch)).toEqual([]);
    const [a, b] = [put("a"), put("b")];
    expect(readAll(watch)).toEqual([`ADDED ns/a@${a}`, `ADDED ns/b@${b}`]);
    expect(readAll(watch)).toEqual([]);
    expect(watch.position).toBe(b);
  });

  it("sees what begins and ceases to match, under the version at which it did", () => {
    const { state, put } = setUp();
    const watch = cursor(state, { selector: ({ metadata }) => metadata.labels?.["color"] === "red" });
    put("a", "blue");
    const began = put("a", "red");
    const changed = put("a", "red");
    const ceased = put("a", "blue");
    expect(readAll(watch)).toEqual([`ADDED ns/a@${began}`, `MODIFIED ns/a@${changed}`, `DELETED ns/a@${ceased}`]);
  });

  it("keeps to its namespace", () => {
    const { state, put } = setUp();
    const watch = cursor(state, { namespace: "n" });
    put("a");
    expect(readAll(watch)).toEqual([]);
  });

  it("moves on while others write, so that it does not expire for nothing", () => {
    const { state, put } = setUp(3);
    const watch = cursor(state, { selector: () => false });
    for (let count = 0; count < 10; count++) {
      put("a");
      expect(readAll(watch)).toEqual([]);
    }
  });

  it("expires when it is too far behind", () => {
    const { state, put } = setUp(3);
    const watch = cursor(state);
    for (let count = 0; count < 4; count++) put("a");
    expect(readAll(watch)).toEqual(["expired"]);
  });

  it("waits for a version that is yet to come", () => {
    const { state, put } = setUp();
    const watch = cursor(state, { after: state.store.version + 2 });
    put("a");
    put("b");
    expect(readAll(watch)).toEqual([]);
    const third = put("c");
    expect(readAll(watch)).toEqual([`ADDED ns/c@${third}`]);
  });
});
