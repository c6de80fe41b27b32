import { retriedWorkflow } from "@outrigger/engine";
import { isFulfilled } from "@outrigger/types";
import type { NodeId, NodeStatus } from "@outrigger/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flatten } from "../parity/flatten.ts";
import { normalise } from "../parity/normalise.ts";
import type { SimulatedCluster } from "../simulation/cluster.ts";
import { openTasks, play, playOn } from "./player.ts";
import { workflows } from "./workflows.ts";

const RUNS = { numRuns: 24 };
const choices = fc.infiniteStream(fc.nat({ max: 10_000 }));

function numbers(stream: Iterable<number>): () => number {
  const iterator = stream[Symbol.iterator]();
  return () => Number(iterator.next().value ?? 0);
}

function ending(cluster: SimulatedCluster): Readonly<Record<string, string>> {
  return flatten(normalise(cluster.workflow));
}

describe("whatever the Workflow and the order of events", () => {
  it("a pass over what a pass has left changes nothing", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        const watch = (cluster: SimulatedCluster): void => {
          expect(cluster.decide().filter(({ kind }) => kind !== "wakeAt")).toEqual([]);
        };
        play(workflow, { next: numbers(stream), lagging: false, watch });
      }),
      RUNS,
    );
  });

  it("the end is the same in whichever order tasks are answered, and however far the saved Workflow lags behind", () => {
    fc.assert(
      fc.property(workflows, choices, choices, (workflow, one, other) => {
        const first = play(workflow, { next: numbers(one), lagging: false });
        const second = play(workflow, { next: numbers(other), lagging: true });
        expect(ending(second)).toEqual(ending(first));
      }),
      RUNS,
    );
  });

  it("what is finished stays finished, with what it said", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        const finished = new Map<string, Partial<NodeStatus>>();
        const watch = ({ status }: SimulatedCluster): void => {
          for (const node of Object.values(status.nodes ?? {}).filter(({ phase }) => isFulfilled(phase))) {
            const { children: _children, progress: _progress, ...said } = node;
            expect(said).toEqual(finished.get(node.id) ?? said);
            finished.set(node.id, said);
          }
        };
        const cluster = play(workflow, { next: numbers(stream), lagging: true, watch });
        expect(finished.size).toBe(Object.keys(cluster.status.nodes ?? {}).length);
      }),
      RUNS,
    );
  });

  it("nothing is orphaned: all ids lead somewhere, the log is empty, nothing runs on", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        const cluster = play(workflow, { next: numbers(stream), lagging: true, watch: everyTaskHasItsNode });
        const nodes = cluster.status.nodes ?? {};
        expect(danglingIds(nodes)).toEqual([]);
        expect(unreachable(nodes)).toEqual([]);
        expect(Object.values(nodes).filter(({ phase }) => !isFulfilled(phase))).toEqual([]);
        expect(Object.values(nodes).filter((node) => node.finishedAt === undefined)).toEqual([]);
        expect(cluster.taskSet?.spec.tasks ?? {}).toEqual({});
        expect(cluster.taskSet?.status.nodes ?? {}).toEqual({});
      }),
      RUNS,
    );
  });

  it("no more run at a time than parallelism lets, however far the saved Workflow lags behind", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        const watch = (cluster: SimulatedCluster): void => {
          expect(callsUnderWay(cluster)).toBeLessThanOrEqual(cluster.workflow.spec.parallelism ?? Infinity);
          expect(crowdedTemplates(cluster)).toEqual([]);
        };
        play(workflow, { next: numbers(stream), lagging: true, watch });
      }),
      RUNS,
    );
  });

  it("what has failed is retried to a good end: nothing is orphaned, and what stays is not run again", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        const next = numbers(stream);
        const cluster = play(workflow, { next, lagging: true });
        if (cluster.status.phase === "Succeeded") return;
        const before = retry(cluster);
        expect([danglingIds(before), unreachable(before)]).toEqual([[], []]);
        const kept = Object.values(before).filter(({ phase }) => isFulfilled(phase));
        const watch = (now: SimulatedCluster): void => {
          everyTaskHasItsNode(now);
          for (const { id } of kept) expect(Object.keys(now.taskSet?.spec.tasks ?? {})).not.toContain(id);
        };
        playOn(cluster, { next, lagging: true, allGood: true, watch });
        const nodes = cluster.status.nodes ?? {};
        expect(cluster.status).toMatchObject({ phase: "Succeeded" });
        expect([danglingIds(nodes), unreachable(nodes)]).toEqual([[], []]);
        expect(Object.values(nodes).filter(({ phase }) => !isFulfilled(phase))).toEqual([]);
        for (const { id, finishedAt } of kept) expect(nodes[id]).toMatchObject({ finishedAt });
      }),
      { numRuns: 60 },
    );
  });

  it("progress counts each leaf that can be reached from a node, once", () => {
    fc.assert(
      fc.property(workflows, choices, (workflow, stream) => {
        play(workflow, {
          next: numbers(stream),
          lagging: false,
          watch: ({ status }) => {
            const nodes = status.nodes ?? {};
            for (const node of Object.values(nodes)) expect(node.progress).toBe(countedProgress(nodes, node));
          },
        });
      }),
      RUNS,
    );
  });
});

type Nodes = Readonly<Record<NodeId, NodeStatus>>;

/** Answers the nodes that stay. */
function retry(cluster: SimulatedCluster): Nodes {
  const retried = retriedWorkflow(cluster.workflow, { nowMs: cluster.nowMs, parameters: new Map() });
  if (!retried.ok) throw new Error(retried.message);
  cluster.patch(() => JSON.parse(JSON.stringify(retried.value)) as Record<string, unknown>);
  return retried.value.status?.nodes ?? {};
}

function everyTaskHasItsNode(cluster: SimulatedCluster): void {
  const decided = cluster.decide().find((change) => change.kind === "saveWorkflow");
  const nodes = decided?.status.nodes ?? cluster.status.nodes ?? {};
  for (const id of Object.keys(cluster.taskSet?.spec.tasks ?? {})) expect(Object.keys(nodes)).toContain(id);
}

function decidedNodes(cluster: SimulatedCluster): readonly NodeStatus[] {
  const decided = cluster.decide().find((change) => change.kind === "saveWorkflow");
  return Object.values(decided?.status.nodes ?? cluster.status.nodes ?? {});
}

// Hooks do not count.
function callsUnderWay(cluster: SimulatedCluster): number {
  const hooks = new Set(
    decidedNodes(cluster)
      .filter(({ nodeFlag }) => nodeFlag?.hooked === true)
      .map(({ id }) => id),
  );
  return openTasks(cluster).filter((id) => !hooks.has(id)).length;
}

/** Nodes within which more is at work than their template lets. */
function crowdedTemplates(cluster: SimulatedCluster): readonly string[] {
  const nodes = decidedNodes(cluster);
  const templates = cluster.workflow.spec.templates ?? [];
  const limitOf = ({ templateName }: NodeStatus): number =>
    templates.find(({ name }) => name === templateName)?.parallelism ?? Infinity;
  return nodes.filter((node) => atWork(nodes, node.id).length > limitOf(node)).map(({ name }) => name);
}

const GROUPS: ReadonlySet<string> = new Set(["StepGroup", "TaskGroup"]);

function atWork(nodes: readonly NodeStatus[], boundary: NodeId): readonly NodeStatus[] {
  return nodes.filter(
    ({ boundaryID, type, phase, startedAt, nodeFlag }) =>
      boundaryID === boundary &&
      !GROUPS.has(type) &&
      nodeFlag === undefined &&
      startedAt !== undefined &&
      !isFulfilled(phase),
  );
}

function danglingIds(nodes: Nodes): readonly string[] {
  const ids = Object.values(nodes).flatMap((node) => [
    ...(node.children ?? []),
    ...(node.outboundNodes ?? []),
    ...(node.boundaryID === undefined ? [] : [node.boundaryID]),
  ]);
  return ids.filter((id) => !Object.hasOwn(nodes, id));
}

function unreachable(nodes: Nodes): readonly string[] {
  const roots = Object.values(nodes).filter(({ boundaryID }) => boundaryID === undefined);
  const reached = new Set(roots.flatMap((root) => [root.id, ...reachableFrom(nodes, root)]));
  return Object.values(nodes)
    .filter(({ id }) => !reached.has(id))
    .map(({ name }) => name);
}

function reachableFrom(nodes: Nodes, node: NodeStatus): ReadonlySet<NodeId> {
  const found = new Set(node.children);
  for (const id of found) for (const child of nodes[id]?.children ?? []) found.add(child);
  return found;
}

const LEAVES: ReadonlySet<string> = new Set(["Plugin", "Suspend"]);

function countedProgress(nodes: Nodes, node: NodeStatus): string | undefined {
  const counted = LEAVES.has(node.type) ? [node] : [...reachableFrom(nodes, node)].flatMap((id) => nodes[id] ?? []);
  const leaves = counted.filter(({ type }) => LEAVES.has(type));
  const done = leaves.filter(({ phase }) => phase === "Succeeded" || phase === "Skipped");
  return leaves.length === 0 ? undefined : `${done.length}/${leaves.length}`;
}
