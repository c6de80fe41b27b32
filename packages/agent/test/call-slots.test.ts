import { describe, expect, it } from "vitest";
import { CallSlots } from "../src/call-slots.ts";

const ONE = {};
const NEVER = new AbortController().signal;

describe("call slots", () => {
  it("let so many run at once, and the others in their order", async () => {
    const slots = new CallSlots(2);
    const releases: (() => void)[] = [];
    const began: number[] = [];
    const calls = [0, 1, 2, 3].map((number) =>
      slots.run(ONE, NEVER, () => {
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

  it("go round between those who call, each in its own order", async () => {
    const slots = new CallSlots(1);
    const began: string[] = [];
    const gates: (() => void)[] = [];
    const [many, few] = [{}, {}];
    const call = (caller: object, name: string): Promise<void> =>
      slots.run(caller, NEVER, () => {
        began.push(name);
        return new Promise<void>((resolve) => gates.push(resolve));
      });
    const calls = [
      ...["m0", "m1", "m2", "m3"].map((name) => call(many, name)),
      ...["f0", "f1"].map((name) => call(few, name)),
    ];
    for (let done = 0; done < calls.length; done += 1) {
      await settle();
      gates[done]?.();
    }
    await Promise.all(calls);
    expect(began).toEqual(["m0", "m1", "f0", "m2", "f1", "m3"]);
  });

  it("free the place of a call that fails", async () => {
    const slots = new CallSlots(1);
    await expect(slots.run(ONE, NEVER, () => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    expect(await slots.run(ONE, NEVER, () => Promise.resolve("next"))).toBe("next");
  });

  it("forget who gives up waiting, whatever happens then", async () => {
    const slots = new CallSlots(1);
    const first = Promise.withResolvers<void>();
    const running = slots.run(ONE, NEVER, () => first.promise);
    const impatient = new AbortController();
    const gone = slots.run(ONE, impatient.signal, () => Promise.resolve("never"));
    const third = slots.run(ONE, NEVER, () => Promise.resolve("third"));
    impatient.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    await expect(slots.run(ONE, impatient.signal, () => Promise.resolve())).rejects.toThrow("gone");
    first.resolve();
    await running;
    expect(await third).toBe("third");
    expect(await slots.run(ONE, NEVER, () => Promise.resolve("free"))).toBe("free");
  });
});

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
