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

type NamedWorkload = readonly [string, Workload];

const FLOOR_STEPS = 200;

/** Measures workloads on a cluster: with an agent pod for each Workflow, and then with an agent that runs already. */
export async function benchCluster(
  workloads: readonly NamedWorkload[],
  options: ClusterBenchOptions,
  report: Report,
): Promise<Findings> {
  const cold = workloads.filter(([, { warm }]) => warm !== true);
  const warm = workloads.filter(([, workload]) => workload.warm === true);
  return {
    ...(cold.length === 0 ? {} : await benchSystem(cold, { ...options, warm: false }, report)),
    ...(warm.length === 0 ? {} : await benchSystem(warm, { ...options, warm: true }, report)),
  };
}

async function benchSystem(
  workloads: readonly NamedWorkload[],
  options: ClusterBenchOptions & { readonly warm: boolean },
  report: Report,
): Promise<Findings> {
  const findings: Record<string, Readonly<Record<string, number>>> = {};
  await using system = await ClusterSystem.start({ ...options, version: readVersion() });
  await using phases = new PhaseWatch(system);
  await phases.start();
  await measure(system, chain(5, 3)); // code that has not run yet is slow
  phases.take();
  phases.takeStepMs();
  for (const [name, workload] of workloads) {
    report(name, await measure(system, workload));
    const stepMs = phases.takeStepMs();
    const times = phases.take();
    if (workload.steps === 1) findings[`${name}, its parts`] = times;
    if (name.startsWith("chain")) {
      findings[`${name}, from call to call`] = {
        "a step": stepMs,
        "announcing and answering alone": await chainFloorMs(options.connection, system.namespace, FLOOR_STEPS),
      };
    }
  }
  if (!options.warm) findings["a pod of that shape"] = await podFloor(system);
  return findings;
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
