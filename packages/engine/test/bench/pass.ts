// One pass of the engine over Workflows of growing size, in milliseconds: `npm run bench -w @outrigger/engine`
import { operate } from "@outrigger/engine";
import { workflowParser } from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";
import { SimulatedCluster } from "../simulation/cluster.ts";
import { ECHO, EchoAgent } from "../simulation/echo-agent.ts";

interface Shape {
  readonly name: string;
  readonly spec: (size: number) => Record<string, unknown>;
  readonly sizes: readonly number[];
  /** Brings the Workflow to where it is measured; everything has been announced once. */
  readonly prepare: (cluster: SimulatedCluster, size: number) => void;
}

const LEAF = {
  name: "leaf",
  inputs: { parameters: [{ name: "v" }] },
  plugin: { echo: { message: "{{inputs.parameters.v}}", result: "1" } },
};
const VALUE = { parameters: [{ name: "v", value: "{{item}}" }] };

const SHAPES: readonly Shape[] = [
  {
    name: "fan-out, all waiting",
    spec: (size) => ({
      entrypoint: "main",
      templates: [
        {
          name: "main",
          steps: [[{ name: "each", template: "leaf", withSequence: { count: String(size) }, arguments: VALUE }]],
        },
        LEAF,
      ],
    }),
    sizes: [1_000, 10_000],
    prepare: () => undefined,
  },
  {
    name: "fan-out of 10 parts, 9 done",
    spec: (size) => ({
      entrypoint: "main",
      templates: [
        { name: "main", dag: { tasks: [{ name: "part", template: "part", withSequence: { count: "10" } }] } },
        {
          name: "part",
          steps: [[{ name: "each", template: "leaf", withSequence: { count: String(size / 10) }, arguments: VALUE }]],
        },
        LEAF,
      ],
    }),
    sizes: [1_000, 10_000],
    prepare(cluster) {
      const ids = Object.keys(cluster.taskSet?.spec.tasks ?? {});
      for (const id of ids.slice(0, ids.length * 0.9)) cluster.report(id, { phase: "Succeeded" });
      apply(cluster);
      cluster.report(ids.at(-1) ?? "", { phase: "Succeeded" });
    },
  },
  {
    name: "chain, half done",
    spec: (size) => ({
      entrypoint: "main",
      templates: [
        {
          name: "main",
          steps: Array.from({ length: size / 2 }, (_, index) => [
            {
              name: `s${index}`,
              template: "leaf",
              arguments: {
                parameters: [{ name: "v", value: index === 0 ? "x" : `{{steps.s${index - 1}.outputs.result}}` }],
              },
            },
          ]),
        },
        LEAF,
      ],
    }),
    sizes: [500, 1_000, 2_000],
    prepare(cluster, size) {
      const agent = new EchoAgent();
      for (let round = 0; round < size / 4; round += 1) {
        agent.work(cluster);
        apply(cluster);
      }
      agent.work(cluster);
    },
  },
];

for (const shape of SHAPES) {
  for (const size of shape.sizes) {
    const cluster = prepared(shape, size);
    const { world } = cluster;
    const workflow = parse(cluster.objects.workflow);
    const times = Array.from({ length: 15 }, () => measure(workflow, world)).sort((a, b) => a - b);
    const nodes = Object.keys(workflow.status?.nodes ?? {}).length;
    const [fastest = 0, median = 0] = [times[0], times[7]];
    process.stdout.write(
      `${shape.name.padEnd(30)} ${String(nodes).padStart(6)} nodes: ${median.toFixed(1)} ms (fastest ${fastest.toFixed(1)} ms)\n`,
    );
  }
}

function prepared(shape: Shape, size: number): SimulatedCluster {
  const manifest = { metadata: { name: "bench" }, spec: shape.spec(size) } as KubeObject;
  const cluster = new SimulatedCluster(manifest);
  cluster.plugins = [ECHO];
  apply(cluster);
  shape.prepare(cluster, size);
  return cluster;
}

// As `reconcile`, without the copies that make sure nothing is written to.
function apply(cluster: SimulatedCluster): void {
  for (const change of operate(parse(cluster.objects.workflow), cluster.world)) {
    if (change.kind === "saveWorkflow")
      cluster.objects.workflow = { ...cluster.objects.workflow, status: change.status };
    else cluster.apply(change);
  }
}

function parse(object: unknown): Workflow {
  const parsed = workflowParser(object, "");
  if (!parsed.ok) throw new Error("the benchmark's own Workflow is broken");
  return parsed.value;
}

function measure(workflow: Workflow, world: SimulatedCluster["world"]): number {
  const began = performance.now();
  operate(workflow, world);
  return performance.now() - began;
}
