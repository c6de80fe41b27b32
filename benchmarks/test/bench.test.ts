import { afterAll, beforeAll, expect, test } from "vitest";
import { measure } from "../measure.ts";
import { BenchSystem } from "../system.ts";
import { chain } from "../workloads.ts";

let system: BenchSystem;

beforeAll(async () => {
  system = await BenchSystem.start();
});

afterAll(() => system[Symbol.asyncDispose]());

test("a chain costs one announcement and one answer a step, and what the checkpoints cost", async () => {
  const steps = 20;
  const { writes, apiWritesPerStep, bytesPerStep, medianMs } = await measure(system, chain(steps, 1));
  const { controller = {}, agent = {} } = writes;
  expect(agent["patch workflowtasksets/status"]?.count).toBe(steps);
  expect(controller["create workflowtasksets"]?.count).toBe(1);
  // The first task comes with the task set; a checkpoint takes out of it what is done.
  const checkpoints = controller["patch workflows"]?.count ?? 0;
  const trims = controller["patch workflowtasksets/status"]?.count ?? 0;
  expect(controller["patch workflowtasksets"]?.count).toBeLessThanOrEqual(steps - 1 + trims + 1);
  const once = 5; // token, pod, events, completion
  expect(apiWritesPerStep * steps).toBeLessThanOrEqual(2 * steps + checkpoints + 2 * trims + once);
  expect(apiWritesPerStep).toBeLessThan(2.5 + (once + checkpoints + 2 * trims) / steps);
  expect(bytesPerStep).toBeLessThan(10_000);
  expect(medianMs).toBeGreaterThan(0);
});
