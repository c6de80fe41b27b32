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
import { StepTimes } from "./step-times.ts";

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
  await measure(system, chain(5, 3)); // code that has not run yet is slow
  for (const [name, workload] of workloads) {
    if (workload.steps === 1) {
      await using phases = new PhaseWatch(system);
      await phases.start();
      report(name, await measure(system, workload));
      findings[`${name}, its parts`] = phases.take();
    } else if (name.startsWith("chain")) {
      const floor = (): Promise<number> => chainFloorMs(options.connection, system.namespace, FLOOR_STEPS);
      const before = await floor();
      const steps = new StepTimes(system);
      report(name, await measure(system, workload));
      findings[`${name}, from call to call`] = {
        "a step": steps.takeMs(),
        "announcing and answering alone, before": before,
        "and after": await floor(),
      };
    } else report(name, await measure(system, workload));
  }
  if (!options.warm) findings["a pod of that shape"] = await podFloor(system);
  return findings;
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
