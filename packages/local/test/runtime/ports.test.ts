import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { PortLedger, isListening, movedAddress } from "../../src/runtime/ports.ts";

describe("the ledger", () => {
  test("gives all ports or none, each to one holder", () => {
    const ledger = new PortLedger<string>();
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
    const ledger = new PortLedger<string>();
    const first = await ledger.claimMovable({ port: foreign, holder: "a" });
    expect(first).not.toBe(foreign);
    expect(await isListening(foreign)).toBe(true);
    expect(await ledger.claimMovable({ port: first, holder: "b" })).not.toBe(first);
    ledger.release((holder) => holder === "a");
    expect(await ledger.claimMovable({ port: first, holder: "c" })).toBe(first);
  });
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
  expect(movedAddress(address, new Map([[4355, 9]]))).toBe(want);
});
