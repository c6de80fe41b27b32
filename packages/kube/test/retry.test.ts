import { describe, expect, it } from "vitest";
import { DEFAULT_RETRY_POLICY, KubeError, SimulatedClock, retryTransient } from "../src/index.ts";
import { backoffDelayMs } from "@outrigger/types";
import type { KubeErrorReason } from "../src/index.ts";

const POLICY = { initialMs: 100, factor: 2, maxMs: 350, jitter: 0, maxAttempts: 5 };

function kubeError(reason: KubeErrorReason, retryAfterMs?: number): KubeError {
  const request = "PATCH /api/v1/namespaces/default/pods/a";
  return new KubeError("no", { reason, status: 0, request, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Fails with these errors, one a call, then succeeds; notes when it is called. */
function script(clock: SimulatedClock, errors: readonly Error[]): { run: () => Promise<string>; calledAt: number[] } {
  const left = [...errors];
  const calledAt: number[] = [];
  const run = async (): Promise<string> => {
    calledAt.push(clock.now());
    const error = left.shift();
    if (error !== undefined) throw error;
    return "done";
  };
  return { run, calledAt };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => error);
}

describe("retrying a write", () => {
  it("calls again after transient errors, each time later, up to a bound", async () => {
    const clock = new SimulatedClock(0);
    const { run, calledAt } = script(clock, Array<Error>(4).fill(kubeError("Unreachable")));
    const result = retryTransient(clock, POLICY, run);
    await clock.advance(10_000);
    expect(await result).toBe("done");
    expect(calledAt).toEqual([0, 100, 300, 650, 1_000]);
  });

  it("waits as long as the server asks", async () => {
    const clock = new SimulatedClock(0);
    const { run, calledAt } = script(clock, [kubeError("TooManyRequests", 7_000)]);
    const result = retryTransient(clock, POLICY, run);
    await clock.advance(10_000);
    expect(await result).toBe("done");
    expect(calledAt).toEqual([0, 7_000]);
  });

  it("gives up after the last attempt, with the last error", async () => {
    const clock = new SimulatedClock(0);
    const errors = Array.from({ length: 5 }, () => kubeError("Timeout"));
    const { run, calledAt } = script(clock, errors);
    const result = outcome(retryTransient(clock, POLICY, run));
    await clock.advance(10_000);
    expect(await result).toBe(errors[4]);
    expect(calledAt).toHaveLength(5);
  });

  it.each(["Conflict", "NotFound", "Forbidden", "Invalid", "Expired", "Malformed"] as const)(
    "does not repeat what %s refuses",
    async (reason) => {
      const clock = new SimulatedClock(0);
      const error = kubeError(reason);
      const { run, calledAt } = script(clock, [error]);
      expect(await outcome(retryTransient(clock, POLICY, run))).toBe(error);
      expect(calledAt).toHaveLength(1);
    },
  );

  it("does not repeat what is no answer of the API", async () => {
    const clock = new SimulatedClock(0);
    const { run } = script(clock, [new TypeError("a bug")]);
    expect(await outcome(retryTransient(clock, POLICY, run))).toBeInstanceOf(TypeError);
  });

  it("stops waiting when it is aborted", async () => {
    const clock = new SimulatedClock(0);
    const abort = new AbortController();
    const { run, calledAt } = script(clock, [kubeError("Unreachable")]);
    const result = outcome(retryTransient(clock, POLICY, run, abort.signal));
    await clock.advance(50);
    abort.abort(new Error("enough"));
    expect(await result).toEqual(new Error("enough"));
    expect(calledAt).toEqual([0]);
    expect(clock.nextDelayMs).toBeUndefined();
  });
});

describe("delays", () => {
  it("leave their share to chance, and never exceed the bound", () => {
    const jittered = (random: number) => (failures: number) =>
      backoffDelayMs({ ...POLICY, jitter: 0.5, random: () => random }, failures);
    expect([1, 2, 3, 4, 1_000].map(jittered(0))).toEqual([100, 200, 350, 350, 350]);
    expect([1, 2, 3, 4, 1_000].map(jittered(0.5))).toEqual([75, 150, 263, 263, 263]);
  });

  it("are sane by default", () => {
    const { maxMs } = DEFAULT_RETRY_POLICY;
    for (const failures of [1, 5, 50]) {
      const delayMs = backoffDelayMs(DEFAULT_RETRY_POLICY, failures);
      expect(delayMs).toBeGreaterThan(0);
      expect(delayMs).toBeLessThanOrEqual(maxMs);
    }
  });
});
