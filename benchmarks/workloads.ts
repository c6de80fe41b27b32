import type { JsonObject } from "@outrigger/types";

/** Workflows that are submitted together, and measured until the last has succeeded. */
export interface Workload {
  readonly workflows: number;
  /** Plugin calls in all. */
  readonly steps: number;
  readonly runs: number;
  readonly spec: JsonObject;
  /** They do not end: measured until all that happens with them has happened, for what they take while they wait. */
  readonly live?: boolean;
  /** What each step puts out. */
  readonly outputBytes?: number;
  /** On a cluster: who serves them. Default: a pod of their own. */
  readonly agents?: Agents;
}

/** A pod that is made for each Workflow, one that waits for it, or one agent for all, which runs already. */
export type Agents = "own" | "pool" | "shared";

export const BENCH_PLUGIN = "bench";
/** What the plugin says of a step that does not end. */
export const ON_HOLD = "on hold";
/** How the message of a step begins: then comes when its call reached the plugin. */
export const CALLED_AT = "called at ";

const LEAF = {
  name: "leaf",
  inputs: { parameters: [{ name: "v" }] },
  outputs: { parameters: [{ name: "v", valueFrom: { supplied: {} } }] },
  plugin: { [BENCH_PLUGIN]: { v: "{{inputs.parameters.v}}" } },
};

/** Each step takes what the one before it has put out. */
export function chain(steps: number, runs: number): Workload {
  const calls = Array.from({ length: steps }, (_, index) => {
    const value = index === 0 ? "x" : `{{steps.s${index - 1}.outputs.parameters.v}}`;
    return [{ name: `s${index}`, template: "leaf", arguments: { parameters: [{ name: "v", value }] } }];
  });
  return { workflows: 1, steps, runs, spec: spec({ name: "main", steps: calls }) };
}

function fanout(width: number, runs: number): Workload {
  return { workflows: 1, steps: width, runs, spec: spec({ name: "main", steps: [[each("leaf", width)]] }) };
}

/** Each puts out so much that all of it together is more than the API stores in one piece. */
function largeFanout(width: number, outputBytes: number, runs: number): Workload {
  const leaf = { ...LEAF, plugin: { [BENCH_PLUGIN]: { sizeBytes: outputBytes } } };
  const main = { name: "main", steps: [[each("leaf", width)]] };
  return { workflows: 1, steps: width, runs, outputBytes, spec: { entrypoint: "main", templates: [main, leaf] } };
}

function nested(parts: number, width: number, runs: number): Workload {
  const part = { name: "part", inputs: LEAF.inputs, steps: [[each("leaf", width)]] };
  const main = { name: "main", steps: [[each("part", parts)]] };
  return { workflows: 1, steps: parts * width, runs, spec: spec(main, part) };
}

function burst(workflows: number, runs: number): Workload {
  return { ...chain(1, runs), workflows, steps: workflows };
}

function live(workflows: number): Workload {
  const main = { name: "main", plugin: { [BENCH_PLUGIN]: { hold: true } } };
  return { workflows, steps: workflows, runs: 1, spec: { entrypoint: "main", templates: [main] }, live: true };
}

function each(template: string, count: number): JsonObject {
  const parameters = [{ name: "v", value: "{{item}}" }];
  return { name: "each", template, withSequence: { count: String(count) }, arguments: { parameters } };
}

function spec(...templates: JsonObject[]): JsonObject {
  return { entrypoint: "main", templates: [...templates, LEAF] };
}

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  hello: chain(1, 20),
  chain100: chain(100, 5),
  chain1000: chain(1_000, 2),
  fanout1000: fanout(1_000, 5),
  fanout10000: nested(10, 1_000, 1),
  burst100: burst(100, 3),
  live1000: live(1_000),
};

/** What is measured on a cluster. */
export const CLUSTER_WORKLOADS: Readonly<Record<string, Workload>> = {
  hello: chain(1, 10),
  chain100: chain(100, 3),
  chain1000: chain(1_000, 1),
  fanout1000: fanout(1_000, 3),
  fanout400x5k: largeFanout(400, 5_000, 1),
  fanout1000x2k: largeFanout(1_000, 2_000, 1),
  burst50: burst(50, 1),
  poolHello: { ...chain(1, 10), agents: "pool" },
  poolFanout1000: { ...fanout(1_000, 3), agents: "pool" },
  sharedHello: { ...chain(1, 20), agents: "shared" },
  sharedFanout1000: { ...fanout(1_000, 3), agents: "shared" },
  sharedBurst50: { ...burst(50, 3), agents: "shared" },
};
