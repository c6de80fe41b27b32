import { existsSync } from "node:fs";
import { join } from "node:path";
import { PODS } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { chain } from "../faults/support/chain.ts";
import { Processes } from "../faults/support/processes.ts";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";

const POOL = [{ namespace: "default", serviceAccountName: "default", plugins: ["warm"], size: 1 }];

describe.runIf(existsSync("/proc"))("a warm agent pod (skipped where there is no /proc)", () => {
  let processes: Processes;
  let recordFile: string;

  beforeAll(async () => {
    processes = await Processes.start({ OUTRIGGER_WARM_POOLS: JSON.stringify(POOL) });
    recordFile = join(processes.folder, "warm.jsonl");
    await processes.install(scriptedPlugin({ name: "warm", port: 14_716, answers: [succeeded("done")], recordFile }));
  });
  afterAll(() => processes[Symbol.asyncDispose]());

  function onlyPod({ but }: { readonly but?: string | undefined } = {}): Promise<KubeObject> {
    return vi.waitFor(
      async () => {
        const { items } = await processes.client.list(PODS, { namespace: "default" });
        expect(items).toHaveLength(1);
        expect(items[0]?.metadata.uid).not.toBe(but);
        expect(items[0]).toMatchObject({
          metadata: { generateName: "warm-agent-" },
          status: { phase: "Running", containerStatuses: [{ state: { running: {} } }, { state: { running: {} } }] },
        });
        return items[0] as KubeObject;
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  // On this machine all pods have one port between them: what takes its place can serve nobody until it has gone.
  it("serves one Workflow, goes on where it was after kill -9, and goes with it", async () => {
    const { metadata } = await onlyPod();
    await processes.submit(chain("wf", [{ warm: {} }, { warm: {} }, { warm: {} }, { warm: {} }]));
    await vi.waitUntil(() => recordedCalls(recordFile).length >= 2, { timeout: 10_000, interval: 5 });
    processes.killAgents();
    expect((await processes.ended("wf")).status?.phase).toBe("Succeeded");
    const names = recordedCalls(recordFile).map(({ body }) => at(body, "workflow", "metadata", "name"));
    expect(new Set(names)).toEqual(new Set(["wf"]));
    const next = await onlyPod({ but: metadata.uid });
    expect(next.metadata.labels).not.toHaveProperty(["workflows.argoproj.io/workflow"]);
  });
});
