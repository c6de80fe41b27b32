import { describe, expect, it } from "vitest";
import { CallSlots } from "../src/call-slots.ts";

const NEVER = new AbortController().signal;

describe("call slots", () => {
  it("let so many run at once, and the others in their order", async () => {
    const slots = new CallSlots(2);
    const releases: (() => void)[] = [];
    const began: number[] = [];
    const calls = [0, 1, 2, 3].map((number) =>
      slots.run(NEVER, () => {
        began.push(number);
        return new Promise<void>((resolve) => releases.push(resolve));
      }),
    );
    await settle();
    expect(began).toEqual([0, 1]);
    releases[1]?.();
    await settle();
    expect(began).toEqual([0, 1, 2]);
    releases[0]?.();
    await settle();
    expect(began).toEqual([0, 1, 2, 3]);
    for (const release of releases) release();
    await Promise.all(calls);
  });

  it("free the place of a call that fails", async () => {
    const slots = new CallSlots(1);
    await expect(slots.run(NEVER, () => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    expect(await slots.run(NEVER, () => Promise.resolve("next"))).toBe("next");
  });

  it("forget who gives up waiting, whatever happens then", async () => {
    const slots = new CallSlots(1);
    const first = Promise.withResolvers<void>();
    const running = slots.run(NEVER, () => first.promise);
    const impatient = new AbortController();
    const gone = slots.run(impatient.signal, () => Promise.resolve("never"));
    const third = slots.run(NEVER, () => Promise.resolve("third"));
    impatient.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    await expect(slots.run(impatient.signal, () => Promise.resolve())).rejects.toThrow("gone");
    first.resolve();
    await running;
    expect(await third).toBe("third");
    expect(await slots.run(NEVER, () => Promise.resolve("free"))).toBe("free");
  });
});

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
