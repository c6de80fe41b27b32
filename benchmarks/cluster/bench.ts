import type { Connection } from "@outrigger/kube";
import { readFileSync } from "node:fs";
import type { Report } from "../local.ts";
import { measure } from "../measure.ts";
import { chain } from "../workloads.ts";
import type { Agents, Workload } from "../workloads.ts";
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

const AGENTS: readonly Agents[] = ["own", "pool", "shared"];

/** Measures workloads on a cluster: with an agent pod for each Workflow, and then with agents that run already. */
export async function benchCluster(
  workloads: readonly NamedWorkload[],
  options: ClusterBenchOptions,
  report: Report,
): Promise<Findings> {
  const findings: Record<string, Readonly<Record<string, number>>> = {};
  for (const agents of AGENTS) {
    const served = workloads.filter(([, workload]) => (workload.agents ?? "own") === agents);
    if (served.length > 0) Object.assign(findings, await benchSystem(served, { ...options, agents }, report));
  }
  return findings;
}

async function benchSystem(
  workloads: readonly NamedWorkload[],
  options: ClusterBenchOptions & { readonly agents: Agents },
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
  if (options.agents === "own") findings["a pod of that shape"] = await podFloor(system);
  return findings;
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
