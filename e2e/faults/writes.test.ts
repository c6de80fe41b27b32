import { describe, expect, it } from "vitest";
import type { ApiCall, Fault, FaultPlan } from "./support/faulty-api.ts";
import { chain, faulty } from "./support/chain.ts";
import { FaultyWorld } from "./support/faulty-world.ts";
import { repeatedAfterSave } from "./support/journal.ts";

/** Every write meets the fault once, then passes; `seen` are the writes that met it. */
function onceEach(fault: Fault, seen: Set<string>): FaultPlan {
  let writes = 0;
  return {
    request: ({ isWrite, method, path }) => {
      if (!isWrite) return { kind: "pass" };
      writes += 1;
      if (writes % 2 === 0) return { kind: "pass" };
      seen.add(`${method} ${path.split("/").slice(-2).join("/")}`);
      return fault;
    },
    watch: () => ({}),
  };
}

const FAULTS: readonly (readonly [string, Fault])[] = [
  ["is answered 409", { kind: "refuse", status: 409 }],
  ["is answered 500", { kind: "refuse", status: 500 }],
  ["is answered 429 with Retry-After", { kind: "refuse", status: 429, retryAfterS: 1 }],
  ["is lost on the way", { kind: "lose", when: "before" }],
  ["is applied, and its answer lost", { kind: "lose", when: "after" }],
];

describe("every other write", () => {
  it.each(FAULTS)("%s: the Workflow succeeds, and no call whose answer is saved is repeated", async (_what, fault) => {
    const seen = new Set<string>();
    const world = await FaultyWorld.start({ plan: () => onceEach(fault, seen), callFault: () => "none" });
    try {
      const workflow = await world.run(
        chain("wf", [faulty(), faulty({ polls: 1 }), faulty({ result: "x" })], { onExit: "t0" }),
      );
      expect(workflow.status?.phase).toBe("Succeeded");
      expect(repeatedAfterSave(world.journal)).toEqual([]);
      // An answer that was not saved may be asked for again, never more than that.
      const counts = Map.groupBy(world.journal.calls(), ({ nodeId }) => nodeId);
      expect([...counts.values()].map((calls) => calls.length)).toEqual([1, 2, 1, 1]);
      expect(seen.size).toBeGreaterThanOrEqual(3);
    } finally {
      await world.stop();
    }
  });
});

const WATCHES: readonly (readonly [string, ReturnType<FaultPlan["watch"]>])[] = [
  ["dropped after each event", { linesUntilDrop: 1 }],
  ["delayed", { delayMs: 40 }],
  ["duplicated", { duplicate: true }],
  ["out of order", { swap: true }],
];

describe("watches that are", () => {
  it.each(WATCHES)("%s: the Workflow succeeds, each call made once", async (_what, fault) => {
    const plan: FaultPlan = { request: () => ({ kind: "pass" }), watch: (_call: ApiCall) => fault };
    const world = await FaultyWorld.start({ plan: () => plan, callFault: () => "none" });
    try {
      const workflow = await world.run(chain("wf", [faulty(), faulty(), faulty()]));
      expect(workflow.status?.phase).toBe("Succeeded");
      expect(world.journal.calls().length).toBe(3);
    } finally {
      await world.stop();
    }
  });
});
