import { WORKFLOWS } from "@outrigger/kube";
import type { Informer } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import type { Writes, WritesByClient } from "./processes/request-counter.ts";
import type { BenchSystem } from "./system.ts";
import type { Workload } from "./workloads.ts";

export interface Measurement {
  readonly steps: number;
  readonly runs: number;
  /** From the first submission until the last Workflow has succeeded. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly bestMs: number;
  readonly perStepMs: number;
  /** Of controller and agent, cleaning up included. */
  readonly apiWritesPerStep: number;
  readonly bytesPerStep: number;
  readonly writes: WritesByClient;
  readonly peakMemoryBytes: Readonly<Record<string, number>>;
}

const NAMESPACE = "default";
/** What the benchmark itself writes does not count. */
const OWN = "bench";

/** Runs a workload as often as it says. */
export async function measure(system: BenchSystem, workload: Workload): Promise<Measurement> {
  await system.takeWrites();
  system.takePeakMemory();
  const times: number[] = [];
  for (let run = 0; run < workload.runs; run += 1) times.push(await runOnce(system, workload));
  const { [OWN]: _own, ...writes } = await system.takeWrites();
  const total = sum(Object.values(writes).flatMap((ofClient) => Object.values(ofClient)));
  const steps = workload.steps * workload.runs;
  const sorted = times.toSorted((a, b) => a - b);
  const medianMs = quantile(sorted, 0.5);
  return {
    steps: workload.steps,
    runs: workload.runs,
    medianMs: round(medianMs),
    p99Ms: round(quantile(sorted, 0.99)),
    bestMs: round(sorted[0] ?? 0),
    perStepMs: round(medianMs / workload.steps),
    apiWritesPerStep: round(total.count / steps),
    bytesPerStep: Math.round(total.bytes / steps),
    writes,
    peakMemoryBytes: system.takePeakMemory(),
  };
}

async function runOnce({ client, ended, pods }: BenchSystem, { workflows, spec }: Workload): Promise<number> {
  const allEnded = until(ended, () => ended.size === workflows);
  const began = performance.now();
  const manifest = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { generateName: "bench-" }, spec };
  const submitted = await Promise.all(
    Array.from({ length: workflows }, () => client.create(WORKFLOWS, NAMESPACE, manifest)),
  );
  await allEnded;
  const tookMs = performance.now() - began;
  for (const workflow of ended.list()) expectSucceeded(workflow);
  await until(pods, () => pods.size === 0); // cleaning up belongs to what is counted
  const names = submitted.map(({ metadata }) => metadata.name ?? "");
  await Promise.all(names.map((name) => client.delete(WORKFLOWS, { namespace: NAMESPACE, name })));
  await until(ended, () => ended.size === 0);
  return tookMs;
}

function until(informer: Informer, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isSo()) return;
      stop();
      resolve();
    };
    const stop = informer.onChange(check);
    check();
  });
}

function expectSucceeded({ metadata, ["status"]: status }: KubeObject): void {
  if (isJsonObject(status) && status["phase"] === "Succeeded") return;
  throw new Error(`Workflow ${metadata.name} has not succeeded: ${JSON.stringify(status).slice(0, 2_000)}`);
}

function sum(writes: readonly Writes[]): Writes {
  return writes.reduce((a, b) => ({ count: a.count + b.count, bytes: a.bytes + b.bytes }), { count: 0, bytes: 0 });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
