import { rejectWorkflow, validateWorkflow } from "@outrigger/engine";
import { formatIssues, workflowParser } from "@outrigger/types";
import type { Issue, JsonObject, KubeObject, Workflow } from "@outrigger/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SimulatedCluster } from "../simulation/cluster.ts";
import { ECHO } from "../simulation/echo-agent.ts";
import { strangeResults, strangeWorkflows } from "./strange-workflows.ts";

const PASSES = 4;

describe("a strange Workflow brings nobody down", () => {
  it("but is operated, refused or rejected", () => {
    fc.assert(
      fc.property(strangeWorkflows, fc.array(strangeResults, { minLength: 1, maxLength: 3 }), (workflow, results) => {
        const parsed = workflowParser(workflow, "");
        const phase = parsed.ok
          ? operatedPhase(parsed.value, workflow, results)
          : rejectedPhase(workflow, parsed.issues);
        expect(["Pending", "Running", "Succeeded", "Failed", "Error"]).toContain(phase);
      }),
      { numRuns: 500 },
    );
  });
});

function operatedPhase(parsed: Workflow, workflow: JsonObject, results: readonly JsonObject[]): string | undefined {
  validateWorkflow(parsed);
  return operateFor(PASSES, workflow, results).status.phase;
}

function rejectedPhase(workflow: JsonObject, issues: readonly Issue[]): string | undefined {
  const changes = rejectWorkflow(workflow as unknown as KubeObject, formatIssues(issues), 0);
  return changes.find((change) => change.kind === "saveWorkflow")?.status.phase;
}

// Throws if a pass throws, or writes to what it was given.
function operateFor(passes: number, workflow: JsonObject, results: readonly JsonObject[]): SimulatedCluster {
  const cluster = new SimulatedCluster(workflow as unknown as KubeObject);
  cluster.plugins = [ECHO];
  const spec = workflowParser(workflow, "");
  cluster.workflowTemplates = new Map([
    ...(spec.ok ? [["namespaced/a", { ok: true, value: spec.value.spec }] as const] : []),
    ["cluster/b", { ok: false, message: "cannot be read" }],
  ]);
  cluster.configMaps.set("a", { type: "Parameter", data: { a: "1" } });
  cluster.configMaps.set("b", { type: "Cache", data: { a: "{}", b: "[" } });
  for (let pass = 0; pass < passes; pass += 1) {
    cluster.reconcile();
    const ids = Object.keys(cluster.taskSet?.spec.tasks ?? {});
    for (const [index, id] of ids.entries()) cluster.report(id, results[(index + pass) % results.length] ?? {});
    cluster.nowMs += 10_000;
  }
  return cluster;
}
