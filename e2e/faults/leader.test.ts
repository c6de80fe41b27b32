import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LEASES } from "@outrigger/kube";
import { object, string } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import { chain } from "./support/chain.ts";
import { Processes } from "./support/processes.ts";

const LENGTH = 40;
// The pods of all Workflows are on this machine, and a port is free only when its pod has gone.
const PORTS = { term: 14_713, kill: 14_714, stop: 14_715 } as const;
const specParser = object<{ readonly holderIdentity?: string }>({ holderIdentity: string });

describe.runIf(existsSync("/proc"))("two controllers, of which one works (skipped where there is no /proc)", () => {
  let processes: Processes;
  const controllers: ChildProcess[] = [];

  beforeAll(async () => {
    processes = await Processes.start({ OUTRIGGER_LEADER_ELECTION: "true", OUTRIGGER_LEASE_DURATION: "3s" });
    if (processes.controller !== undefined) controllers.push(processes.controller);
    await holderOtherThan("");
  });
  afterAll(async () => {
    for (const controller of controllers) controller.kill("SIGKILL");
    await processes[Symbol.asyncDispose]();
  });

  async function holder(): Promise<string> {
    const lease = await processes.client.get(LEASES, { namespace: "argo", name: "outrigger-controller" });
    const spec = specParser(lease["spec"], "spec");
    return spec.ok ? (spec.value.holderIdentity ?? "") : "";
  }

  function holderOtherThan(before: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const now = await holder();
        if (now === "" || now === before) throw new Error(`led by "${now}"`);
        return now;
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  /** Submits a chain, lets go at the leader mid-chain, and tells how the chain has ended. */
  async function midChain(name: keyof typeof PORTS, disturb: (leader: ChildProcess) => unknown): Promise<object> {
    controllers.push(processes.startController());
    const [leader] = controllers;
    if (leader === undefined) throw new Error("nobody leads");
    const recordFile = join(processes.folder, `${name}.jsonl`);
    await processes.install(scriptedPlugin({ name, port: PORTS[name], answers: [succeeded("done")], recordFile }));
    const before = await holder();
    const calls = Array.from({ length: LENGTH }, () => ({ [name]: {} }));
    await processes.submit(chain(name, calls));
    await vi.waitUntil(() => recordedCalls(recordFile).length >= 3, { timeout: 10_000, interval: 5 });
    await disturb(leader);
    controllers.shift();
    await holderOtherThan(before);
    const { status } = await processes.ended(name);
    return { phase: status?.phase, calls: recordedCalls(recordFile).length };
  }
  const EACH_ONCE = { phase: "Succeeded", calls: LENGTH };

  it("SIGTERM: the other takes over mid-chain, no call is repeated", async () => {
    const end = await midChain("term", async (leader) => {
      leader.kill("SIGTERM");
      expect(await once(leader, "exit")).toEqual([0, null]);
    });
    expect(end).toEqual(EACH_ONCE);
  });

  it("kill -9: the other takes over once the Lease has run out, no call is repeated", async () => {
    expect(await midChain("kill", (leader) => leader.kill("SIGKILL"))).toEqual(EACH_ONCE);
  });

  it("one that was stopped for longer than its Lease lasts ends when it goes on, and does no harm", async () => {
    const end = await midChain("stop", async (leader) => {
      const before = await holder();
      leader.kill("SIGSTOP");
      await holderOtherThan(before);
      leader.kill("SIGCONT");
      expect(await once(leader, "exit")).toEqual([1, null]);
    });
    expect(end).toEqual(EACH_ONCE);
  });
});
