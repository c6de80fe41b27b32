import { readFileSync } from "node:fs";
import type { KubeObject } from "@outrigger/types";
import { parse } from "yaml";
import { START_MS, SimulatedCluster } from "../simulation/cluster.ts";
import { ECHO, EchoAgent } from "../simulation/echo-agent.ts";

const STEP_MS = 100;
const LIMIT_MS = 60_000;

/** Plays a case to its end: controller, agent and plugin, with a clock that moves by itself. */
export function play(path: string, options: { readonly lagging?: boolean } = {}): SimulatedCluster {
  const text = readFileSync(path, "utf8");
  const manifest = parse(text) as KubeObject;
  // As in the recordings: the namespace shows in a message.
  const cluster = new SimulatedCluster({ ...manifest, metadata: { name: "wf-parity", namespace: "parity" } });
  cluster.plugins = [ECHO];
  const agent = new EchoAgent();
  const edits = editsIn(text);
  while (cluster.nowMs < START_MS + LIMIT_MS) {
    cluster.reconcile(options);
    if (["Succeeded", "Failed", "Error"].includes(cluster.status.phase ?? "")) return cluster;
    startPod(cluster);
    agent.work(cluster);
    while (edits.length > 0 && cluster.nowMs - START_MS >= (edits[0]?.afterMs ?? 0)) applyEdit(cluster, edits.shift()?.patch);
    cluster.nowMs += STEP_MS;
  }
  throw new Error(`${path}: no end after ${LIMIT_MS} ms; ${JSON.stringify(cluster.status, undefined, 1)}`);
}

function startPod(cluster: SimulatedCluster): void {
  cluster.setPod((pod) => ({ ...pod, status: { phase: "Running" } }));
}

interface Edit {
  readonly afterMs: number;
  readonly patch: { readonly spec: Readonly<Record<string, unknown>> };
}

/** `# then: SECONDS PATCH` */
function editsIn(text: string): Edit[] {
  return [...text.matchAll(/^# then: ([\d.]+) (.*)$/gm)].map(([, seconds = "0", patch = "{}"]) => ({
    afterMs: Number(seconds) * 1_000,
    patch: JSON.parse(patch) as Edit["patch"],
  }));
}

function applyEdit(cluster: SimulatedCluster, patch: Edit["patch"] | undefined): void {
  cluster.patch((workflow) => ({ ...workflow, spec: { ...(workflow["spec"] as object), ...patch?.spec } }));
}
