import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { PortLocks } from "../../src/runtime/port-locks.ts";
import { PortLedger, isListening, podAddress } from "../../src/runtime/ports.ts";

describe("the ledger", () => {
  test("gives all ports or none, each to one holder", () => {
    const ledger = new PortLedger<string>(new PortLocks());
    const claim = (holder: string, ...ports: readonly number[]) =>
      ledger.claim(ports.map((port) => ({ port, holder })));
    expect(claim("a", 1, 2)).toBeUndefined();
    expect(claim("b", 3, 2)).toEqual({ port: 2, holder: "a" });
    expect(claim("c", 3)).toBeUndefined();
    expect(claim("d", 4, 4)).toEqual({ port: 4, holder: "d" });
    ledger.release((holder) => holder === "a");
    expect(claim("b", 1, 2)).toBeUndefined();
  });

  test("a movable port stays where it is, unless a pod or another program is there", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port: foreign } = server.address() as AddressInfo;
    const ledger = new PortLedger<string>(new PortLocks());
    const first = await ledger.claimMovable({ port: foreign, holder: "a" });
    expect(first).not.toBe(foreign);
    expect(await isListening(foreign)).toBe(true);
    expect(await ledger.claimMovable({ port: first, holder: "b" })).not.toBe(first);
    ledger.release((holder) => holder === "a");
    expect(await ledger.claimMovable({ port: first, holder: "c" })).toBe(first);
  });
});

test.runIf(process.platform === "linux")("two clusters of one machine do not take the same port", async () => {
  const [ours, theirs] = [new PortLocks(), new PortLocks()];
  const port = 14_099;
  expect(await ours.acquire(port)).toBe(true);
  expect(await ours.acquire(port)).toBe(true);
  expect(await theirs.acquire(port)).toBe(false);
  const moved = await new PortLedger<string>(theirs).claimMovable({ port, holder: "a" });
  expect(moved).not.toBe(port);
  ours.release(port);
  expect(await theirs.acquire(port)).toBe(true);
  theirs.release(port);
  theirs.release(moved);
});

test("an address leads nowhere while the container of its port does not run", () => {
  const isServed = (port: number): boolean => port !== 4355;
  const moved = new Map([[4355, 9]]);
  expect(podAddress("http://localhost:4355", { moved, isServed })).toBe("http://127.0.0.1:0");
  expect(podAddress("http://localhost:4356", { moved, isServed })).toBe("http://localhost:4356");
});

test.each([
  ["http://localhost:4355", "http://127.0.0.1:9"],
  ["http://localhost:4355/api/v1?x=localhost:4355", "http://127.0.0.1:9/api/v1?x=localhost:4355"],
  ["http://127.0.0.1:4355/", "http://127.0.0.1:9/"],
  ["http://[::1]:4355", "http://127.0.0.1:9"],
  ["http://localhost:43550", "http://localhost:43550"],
  ["http://example.com:4355", "http://example.com:4355"],
  ["not a url", "not a url"],
])("%s is dialled as %s", (address, want) => {
  expect(podAddress(address, { moved: new Map([[4355, 9]]), isServed: () => true })).toBe(want);
});
