import { measure } from "./measure.ts";
import type { Measurement } from "./measure.ts";
import { BenchSystem } from "./system.ts";
import type { SystemOptions } from "./system.ts";
import { chain } from "./workloads.ts";
import type { Workload } from "./workloads.ts";

/** A row of the benchmark: what it says, and for whom it reads. */
export type Report = (name: string, result: Measurement) => void;

/** Measures workloads on processes of this machine. */
export async function benchLocal(
  workloads: readonly (readonly [string, Workload])[],
  options: SystemOptions,
  report: Report,
): Promise<void> {
  await using system = await BenchSystem.start(options);
  await measure(system, chain(5, 10)); // code that has not run yet is slow
  for (const [name, workload] of workloads) report(name, await measure(system, workload));
}
