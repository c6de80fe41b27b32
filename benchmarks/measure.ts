import { CONFIG_MAPS, Informer, WORKFLOWS, storedStatusParser } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import type { Writes, WritesByClient } from "./processes/request-counter.ts";
import { median, quantile } from "./quantile.ts";
import type { Target } from "./target.ts";
import { until } from "./until.ts";
import { ON_HOLD } from "./workloads.ts";
import type { Workload } from "./workloads.ts";

export interface Measurement {
  readonly steps: number;
  readonly runs: number;
  /** From the first submission until the last Workflow has succeeded. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly bestMs: number;
  readonly perStepMs: number;
  /** What one small write takes on the idle system, right before: the measure of all other times. */
  readonly writeMs: number;
  /** Of controller and agent, cleaning up included. */
  readonly apiWritesPerStep: number;
  readonly bytesPerStep: number;
  readonly writes: WritesByClient;
  readonly peakMemoryBytes: Readonly<Record<string, number>>;
  /** Of Workflows that do not end: while they wait. */
  readonly restMemoryBytes?: Readonly<Record<string, number>>;
}

const LATENCY_WRITES = 100;
/** What the benchmark itself writes does not count. */
const OWN = "bench";

/** Runs a workload as often as it says. */
export async function measure(system: Target, workload: Workload): Promise<Measurement> {
  const writeMs = await writeLatencyMs(system);
  await system.takeWrites();
  system.takePeakMemory();
  const results: RunResult[] = [];
  for (let run = 0; run < workload.runs; run += 1) results.push(await runOnce(system, workload));
  const { [OWN]: _own, ...writes } = await system.takeWrites();
  const total = sum(Object.values(writes).flatMap((ofClient) => Object.values(ofClient)));
  const steps = workload.steps * workload.runs;
  const times = results.map(({ tookMs }) => tookMs);
  const { restMemoryBytes } = results.at(-1) ?? {};
  const medianMs = median(times);
  return {
    steps: workload.steps,
    runs: workload.runs,
    medianMs: round(medianMs),
    p99Ms: round(quantile(times, 0.99)),
    bestMs: round(Math.min(...times)),
    perStepMs: round(medianMs / workload.steps),
    writeMs: round(writeMs),
    apiWritesPerStep: round(total.count / steps),
    bytesPerStep: Math.round(total.bytes / steps),
    writes,
    peakMemoryBytes: system.takePeakMemory(),
    ...(restMemoryBytes === undefined ? {} : { restMemoryBytes }),
  };
}

async function writeLatencyMs({ client, namespace }: Target): Promise<number> {
  const metadata = { name: "write-latency" };
  const { metadata: made } = await client.create(CONFIG_MAPS, namespace, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
  });
  const ref = { namespace, name: made.name ?? "" };
  const times: number[] = [];
  for (let write = 0; write < LATENCY_WRITES; write += 1) {
    const began = performance.now();
    await client.patch(CONFIG_MAPS, ref, { type: "merge", body: { data: { write: String(write) } } });
    times.push(performance.now() - began);
  }
  await client.delete(CONFIG_MAPS, ref);
  return median(times);
}

interface RunResult {
  readonly tookMs: number;
  readonly restMemoryBytes?: Readonly<Record<string, number>>;
}

async function runOnce(system: Target, workload: Workload): Promise<RunResult> {
  return workload.live === true ? runLive(system, workload) : runToTheEnd(system, workload);
}

async function runToTheEnd(target: Target, workload: Workload): Promise<RunResult> {
  const { ended, pods } = target;
  await target.whenReady();
  const allEnded = until(ended, () => ended.size === workload.workflows);
  const began = performance.now();
  const names = await submit(target, workload);
  await allEnded;
  const tookMs = performance.now() - began;
  for (const workflow of ended.list()) expectComplete(workflow, workload);
  await until(pods, () => pods.size === 0); // cleaning up belongs to what is counted
  await remove(target, names);
  await until(ended, () => ended.size === 0);
  return { tookMs };
}

async function runLive(system: Target, workload: Workload): Promise<RunResult> {
  const { client, namespace, pods } = system;
  const live = new Informer({
    client,
    resource: WORKFLOWS,
    namespace,
    labelSelector: "workflows.argoproj.io/phase=Running",
  });
  const held = new Set<string>();
  live.onChange(({ object }) => isOnHold(object) && held.add(object.metadata.name ?? ""));
  live.start();
  const allHeld = until(live, () => held.size === workload.workflows);
  const began = performance.now();
  const names = await submit(system, workload);
  await allHeld;
  const tookMs = performance.now() - began;
  const restMemoryBytes = system.currentMemory();
  await remove(system, names);
  await until(pods, () => pods.size === 0);
  await live.stop();
  return { tookMs, restMemoryBytes };
}

async function submit({ client, namespace }: Target, { workflows, spec }: Workload): Promise<readonly string[]> {
  const manifest = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { generateName: "bench-" }, spec };
  const submitted = Array.from({ length: workflows }, () => client.create(WORKFLOWS, namespace, manifest));
  return (await Promise.all(submitted)).map(({ metadata }) => metadata.name ?? "");
}

async function remove({ client, namespace }: Target, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => client.delete(WORKFLOWS, { namespace, name })));
}

function isOnHold({ ["status"]: status }: KubeObject): boolean {
  const nodes = isJsonObject(status) && isJsonObject(status["nodes"]) ? Object.values(status["nodes"]) : [];
  return nodes.some((node) => isJsonObject(node) && node["message"] === ON_HOLD);
}

/** Every step has succeeded, and what it put out is there. */
function expectComplete({ metadata, ["status"]: stored }: KubeObject, workload: Workload): void {
  const status = storedStatusParser(stored, "status");
  if (!status.ok || status.value.phase !== "Succeeded") {
    throw new Error(`Workflow ${metadata.name} has not succeeded: ${JSON.stringify(stored).slice(0, 2_000)}`);
  }
  const leaves = Object.values(status.value.nodes ?? {}).filter(({ type }) => type === "Plugin");
  const whole = leaves.filter(({ outputs }) => {
    const { value } = outputs?.parameters?.find(({ name }) => name === "v") ?? {};
    return typeof value === "string" && value.length >= (workload.outputBytes ?? 1);
  });
  const expected = workload.steps / workload.workflows;
  if (whole.length !== expected) {
    throw new Error(`Workflow ${metadata.name} has the outputs of ${whole.length} steps, not of ${expected}`);
  }
}

function sum(writes: readonly Writes[]): Writes {
  return writes.reduce((a, b) => ({ count: a.count + b.count, bytes: a.bytes + b.bytes }), { count: 0, bytes: 0 });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
