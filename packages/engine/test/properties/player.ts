import type { KubeObject, NodeId } from "@outrigger/types";
import { SimulatedCluster } from "../simulation/cluster.ts";
import { ECHO } from "../simulation/echo-agent.ts";

const FINAL: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Error"]);
const MAX_ROUNDS = 5_000;

/** What may happen in a run, in whatever order. */
export interface Play {
  /** A number that decides what happens next. */
  readonly next: () => number;
  /** Saves that can wait may be put off. */
  readonly lagging: boolean;
  /** Whatever is called succeeds. */
  readonly allGood?: boolean;
  /** Called after each pass. */
  readonly watch?: (cluster: SimulatedCluster) => void;
}

/** Plays a Workflow to its end: tasks are told in waves, answered in random order and portions, time goes by now and then. */
export function play(workflow: KubeObject, how: Play): SimulatedCluster {
  const cluster = new SimulatedCluster(workflow);
  cluster.plugins = [ECHO];
  playOn(cluster, how);
  return cluster;
}

/** Goes on with one that is under way. */
export function playOn(cluster: SimulatedCluster, { next, lagging, watch, allGood = false }: Play): void {
  cluster.config = { ...cluster.config, maxOpenTasks: 1 + (next() % 8) };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    onePass(cluster, { next, lagging });
    watch?.(cluster);
    if (FINAL.has(cluster.status.phase ?? "")) return;
    cluster.setPod((pod) => ({ ...pod, status: { phase: "Running" } }));
    const open = openTasks(cluster);
    const portion = open.length === 0 ? 0 : 1 + (next() % open.length);
    for (let count = 0; count < portion; count += 1) answerOne(cluster, next, allGood);
    if (open.length === 0 || next() % 4 === 0) cluster.nowMs += 3_000;
  }
  throw new Error(`no end after ${MAX_ROUNDS} rounds: ${JSON.stringify(cluster.status)}`);
}

function onePass(cluster: SimulatedCluster, { next, lagging }: Play): void {
  if (next() % 4 === 0) cluster.draft = undefined; // the controller was started again
  cluster.reconcile({ lagging: lagging && next() % 3 !== 0 });
}

export function openTasks(cluster: SimulatedCluster): readonly NodeId[] {
  const { spec, status } = cluster.taskSet ?? { spec: { tasks: {} }, status: { nodes: {} } };
  const results = status.nodes as Readonly<Record<string, { readonly phase: string }>>;
  return (Object.keys(spec.tasks) as NodeId[]).filter(
    (id) => !["Succeeded", "Failed", "Error", "Skipped"].includes(results[id]?.phase ?? ""),
  );
}

// What a task comes to depends on the task alone, so that runs can be compared.
function answerOne(cluster: SimulatedCluster, next: () => number, allGood: boolean): void {
  const open = openTasks(cluster);
  const id = open[next() % Math.max(open.length, 1)];
  if (id === undefined) return;
  if (next() % 5 === 0) return cluster.report(id, { phase: "Running", message: "still at it" });
  const fate = Number(id.replace(/\D+/g, "").slice(-2) || 0) % 10;
  const phase = allGood || fate > 1 ? "Succeeded" : fate === 0 ? "Failed" : "Error";
  cluster.report(id, {
    phase,
    message: `${phase} indeed`,
    outputs: { result: String(fate), parameters: [{ name: "x", value: fate }] },
  });
}
