import { describe, expect, it } from "vitest";
import { LeapingClock, steadyTime } from "@outrigger/kube";

/** A machine whose clock and whose time since start are moved by hand. */
function machine() {
  let wallMs = 1_000_000;
  let passedMs = 0;
  const now = steadyTime(
    () => wallMs,
    () => passedMs,
  );
  const pass = (durationMs: number): number => {
    wallMs += durationMs;
    passedMs += durationMs;
    return now();
  };
  return { now, pass, set: (byMs: number) => void (wallMs += byMs) };
}

describe("steady time", () => {
  it("is the time of day", () => {
    const { pass } = machine();
    expect(pass(0)).toBe(1_000_000);
    expect(pass(5_000)).toBe(1_005_000);
  });

  it("takes small corrections over, but never goes back", () => {
    const { pass, set } = machine();
    set(400);
    expect(pass(100)).toBe(1_000_500);
    set(-900);
    expect(pass(100)).toBe(1_000_500);
    expect(pass(1_000)).toBe(1_000_700);
  });

  it("runs half as fast after the clock was put back, until it has caught up", () => {
    const { pass, set } = machine();
    set(-60_000);
    expect(pass(10_000)).toBe(1_005_000);
    expect(pass(108_500)).toBe(1_059_250);
    expect(pass(2_000)).toBe(1_060_500);
    expect(pass(1_000)).toBe(1_061_500);
  });

  it("runs half as fast again after it was put forward", () => {
    const { pass, set } = machine();
    set(60_000);
    expect(pass(10_000)).toBe(1_015_000);
  });
});

describe("a clock that leaps", () => {
  it("fires what is due by then, and nothing that was cancelled", async () => {
    const clock = new LeapingClock();
    const startMs = clock.now();
    const fired: string[] = [];
    const due = Promise.withResolvers<void>();
    clock.schedule(60_000, () => fired.push("cancelled")).cancel();
    const later = clock.schedule(7_200_000, () => fired.push("later"));
    clock.schedule(3_600_000, due.resolve);
    clock.leap(3_600_000);
    await due.promise;
    expect(clock.now()).toBeGreaterThanOrEqual(startMs + 3_600_000);
    expect(fired).toEqual([]);
    later.cancel();
  });
});
