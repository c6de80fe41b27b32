import type { Connection } from "@outrigger/kube";
import { readFileSync } from "node:fs";
import type { Report } from "../local.ts";
import { measure } from "../measure.ts";
import { chain } from "../workloads.ts";
import type { Workload } from "../workloads.ts";
import { chainFloorMs } from "./chain-floor.ts";
import { ClusterSystem } from "./cluster-system.ts";
import { PhaseWatch } from "./phases.ts";
import { podFloor } from "./pod-floor.ts";

export interface ClusterBenchOptions {
  readonly connection: Connection;
  readonly auditLog: string;
}

/** What is found beside the workloads: in milliseconds. */
export type Findings = Readonly<Record<string, Readonly<Record<string, number>>>>;

const FLOOR_STEPS = 200;

/** Measures workloads on a cluster, with agent pods that are made for each Workflow. */
export async function benchCluster(
  workloads: readonly (readonly [string, Workload])[],
  { connection, auditLog }: ClusterBenchOptions,
  report: Report,
): Promise<Findings> {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  const findings: Record<string, Readonly<Record<string, number>>> = {};
  await using system = await ClusterSystem.start({ connection, version, auditLog, controllerEnv: () => ({}) });
  await using phases = new PhaseWatch(system);
  await phases.start();
  await measure(system, chain(5, 1)); // code that has not run yet is slow
  phases.take();
  for (const [name, workload] of workloads) {
    report(name, await measure(system, workload));
    const stepMs = phases.takeStepMs();
    const times = phases.take();
    if (workload.steps === 1) findings[`${name}, its parts`] = times;
    if (name.startsWith("chain")) {
      findings[`${name}, from call to call`] = {
        "a step": stepMs,
        "announcing and answering alone": await chainFloorMs(connection, system.namespace, FLOOR_STEPS),
      };
    }
  }
  findings["a pod of that shape"] = await podFloor(system);
  return findings;
}
