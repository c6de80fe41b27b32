import { rejectWorkflow } from "@outrigger/engine";
import { describe, expect, it } from "vitest";
import { START_MS } from "./simulation/cluster.ts";

const BROKEN = { metadata: { name: "wf" }, spec: { entrypoint: false } };

describe("a Workflow that cannot be read", () => {
  it("says so where people look, and keeps what it had", () => {
    const nodes = { wf: { id: "wf" } };
    expect(
      rejectWorkflow({ ...BROKEN, status: { nodes, progress: "1/2" } }, "spec.entrypoint must be a string", START_MS),
    ).toEqual([
      {
        kind: "saveWorkflow",
        annotations: {},
        order: "save",
        urgency: "now",
        status: {
          nodes,
          phase: "Error",
          message: "spec.entrypoint must be a string",
          startedAt: "2026-11-23T09:00:00Z",
          finishedAt: "2026-11-23T09:00:00Z",
          progress: "1/2",
          conditions: [{ type: "Completed", status: "True" }],
        },
        labels: { "workflows.argoproj.io/phase": "Error", "workflows.argoproj.io/completed": "true" },
      },
      {
        kind: "emitEvent",
        order: "after",
        type: "Warning",
        reason: "WorkflowFailed",
        message: "spec.entrypoint must be a string",
      },
    ]);
  });

  it.each([
    ["has ended", { ...BROKEN, status: { phase: "Succeeded" } }],
    ["is being deleted", { ...BROKEN, metadata: { name: "wf", deletionTimestamp: "2026-11-23T09:00:00Z" } }],
  ])("is left alone if it %s", (_what, object) => {
    expect(rejectWorkflow(object, "broken", START_MS)).toEqual([]);
  });

  it("is rejected whatever its status looks like", () => {
    for (const status of [null, 1, "x", [], { phase: 1, conditions: [null], startedAt: {} }]) {
      expect(rejectWorkflow({ ...BROKEN, status }, "broken", START_MS)[0]).toMatchObject({
        status: { phase: "Error", message: "broken" },
      });
    }
  });
});
