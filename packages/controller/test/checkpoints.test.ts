import { describe, expect, it } from "vitest";
import type { SaveWorkflow } from "@outrigger/engine";
import { SimulatedClock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { Checkpoints } from "../src/checkpoints.ts";

const INTERVAL_MS = 250;
const WORKFLOW: KubeObject = { metadata: { uid: "u", name: "wf", namespace: "default" } };

function save(urgency: SaveWorkflow["urgency"]): SaveWorkflow {
  return { kind: "saveWorkflow", order: "save", status: {}, labels: {}, annotations: {}, urgency };
}

interface Bench {
  readonly clock: SimulatedClock;
  readonly checkpoints: Checkpoints;
  /** When the Workflow was asked to be looked at again. */
  readonly wakes: number[];
}

/** Of a Workflow that has been saved once, in `tookMs`. */
function bench(tookMs = 0): Bench {
  const clock = new SimulatedClock();
  const wakes: number[] = [];
  const startMs = clock.now();
  const checkpoints = new Checkpoints(clock, INTERVAL_MS, (_workflow, atMs) => wakes.push(atMs - startMs));
  checkpoints.saved(WORKFLOW, startMs - tookMs);
  return { clock, checkpoints, wakes };
}

describe("a save that is not urgent", () => {
  it("waits for the interval, then is made while the Workflow goes on", async () => {
    const { clock, checkpoints } = bench();
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("later");
    expect(checkpoints.dueMs(WORKFLOW)).toBe(clock.now() + INTERVAL_MS);
    await clock.advance(INTERVAL_MS);
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("aside");
  });

  it("waits for twenty times as long as saving takes, but for no more than five seconds", async () => {
    const { clock, checkpoints } = bench(40);
    await clock.advance(799);
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("later");
    await clock.advance(1);
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("aside");
    const slow = bench(60_000);
    await slow.clock.advance(5_000);
    expect(slow.checkpoints.plan(WORKFLOW, save("soon"))).toBe("aside");
  });

  it("waits for the one under way, whose end then wakes the Workflow", async () => {
    const { clock, checkpoints, wakes } = bench();
    await clock.advance(INTERVAL_MS);
    const write = Promise.withResolvers<void>();
    checkpoints.begin(WORKFLOW, async () => {
      await write.promise;
      checkpoints.saved(WORKFLOW, clock.now());
    });
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("later");
    expect(checkpoints.dueMs(WORKFLOW)).toBeUndefined();
    expect(wakes).toEqual([]);
    write.resolve();
    expect(await checkpoints.settled(WORKFLOW)).toBe(true);
    expect(wakes).toEqual([2 * INTERVAL_MS]);
  });
});

describe("an urgent save", () => {
  it("is due at once", () => {
    expect(bench().checkpoints.plan(WORKFLOW, save("now"))).toBe("now");
  });

  it("finds the one under way done, when it has waited for it", async () => {
    const { checkpoints } = bench();
    const write = Promise.withResolvers<void>();
    let done = false;
    checkpoints.begin(WORKFLOW, () => write.promise.then(() => void (done = true)));
    write.resolve();
    await checkpoints.settled(WORKFLOW);
    expect(done).toBe(true);
    expect(await checkpoints.settled(WORKFLOW)).toBe(false);
  });
});

describe("a save that fails", () => {
  it("is told of once, and whoever tries again waits for it", async () => {
    const { clock, checkpoints, wakes } = bench();
    checkpoints.begin(WORKFLOW, () => Promise.reject(new Error("the API is gone")));
    await checkpoints.settled(WORKFLOW);
    expect(wakes).toEqual([0]);
    expect(() => checkpoints.throwFailure(WORKFLOW)).toThrow("the API is gone");
    expect(() => checkpoints.throwFailure(WORKFLOW)).not.toThrow();
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("now");
    checkpoints.saved(WORKFLOW, clock.now());
    expect(checkpoints.plan(WORKFLOW, save("soon"))).toBe("later");
  });
});

it("to stop is to let the save under way end", async () => {
  const { checkpoints } = bench();
  const write = Promise.withResolvers<void>();
  checkpoints.begin(WORKFLOW, () => write.promise);
  let stopped = false;
  const stopping = checkpoints.stop().then(() => (stopped = true));
  await Promise.resolve();
  expect(stopped).toBe(false);
  write.resolve();
  await stopping;
});
