import type { JsonValue } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { SimulatedCluster } from "./simulation/cluster.ts";
import { ECHO } from "./simulation/echo-agent.ts";

const KIB = 1024;

function fanOut(items: readonly JsonValue[]): SimulatedCluster {
  const cluster = new SimulatedCluster({
    metadata: { name: "wf" },
    spec: {
      entrypoint: "main",
      templates: [
        {
          name: "main",
          steps: [[{ name: "each", template: "say", withItems: items, arguments: { parameters: [V] } }]],
        },
        { name: "say", inputs: { parameters: [{ name: "v" }] }, plugin: { echo: "{{inputs.parameters.v}}" } },
      ],
    },
  });
  cluster.plugins = [ECHO];
  return cluster;
}

const V = { name: "v", value: "{{item}}" };

function announced(cluster: SimulatedCluster): number {
  return Object.keys(cluster.taskSet?.spec.tasks ?? {}).length;
}

describe("what the agent is told of at a time", () => {
  it("is bounded in bytes, also by what is answered and not saved yet", () => {
    // Each value is there twice in its task.
    const cluster = fanOut(["a", "b", "c", "d"].map((letter) => letter.repeat(100 * KIB)));
    cluster.reconcile();
    expect(announced(cluster)).toBe(3);
    for (const id of Object.keys(cluster.taskSet?.spec.tasks ?? {})) cluster.report(id, { phase: "Succeeded" });
    cluster.reconcile({ lagging: true });
    expect(announced(cluster)).toBe(3);
    cluster.settle();
    expect(announced(cluster)).toBe(1);
  });

  it("is saved at once where what is answered fills the log: others wait for the room", () => {
    const cluster = fanOut(["a", "b", "c"]);
    cluster.reconcile();
    const [first, ...others] = Object.keys(cluster.taskSet?.spec.tasks ?? {});
    for (const id of others) cluster.report(id, { phase: "Succeeded", outputs: { result: "x".repeat(200 * KIB) } });
    cluster.reconcile({ lagging: true });
    expect(Object.keys(cluster.taskSet?.status.nodes ?? {})).toHaveLength(2);
    cluster.report(first ?? "", { phase: "Running", outputs: { result: "x".repeat(200 * KIB) } });
    cluster.reconcile({ lagging: true });
    expect(Object.keys(cluster.taskSet?.status.nodes ?? {})).toEqual([first]);
  });

  it("counts bytes, not characters", () => {
    const cluster = fanOut(["a", "b", "c"].map((letter) => `${letter}${"語".repeat(60 * KIB)}`));
    cluster.reconcile();
    expect(announced(cluster)).toBe(2);
  });

  it("leaves out a call that is too large by itself, which fails and says so", () => {
    const cluster = fanOut(["small", "x".repeat(300 * KIB)]);
    cluster.reconcile();
    expect(announced(cluster)).toBe(1);
    const failed = Object.values(cluster.status.nodes ?? {}).find(({ phase }) => phase === "Error");
    expect(failed?.message).toMatch(/^its task takes 614\d{3} bytes, and 524288 are the most: /);
  });
});
