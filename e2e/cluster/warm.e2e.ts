import { PODS } from "@outrigger/kube";
import { LABEL_WARM_POOL, LABEL_WORKFLOW, isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { SYSTEM_NAMESPACE } from "./support/install.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";

/** The pod of the pool that waits and runs, once there is one. */
function waiting(scenario: Scenario): Promise<KubeObject> {
  return scenario.until(async () => {
    const labelSelector = `${LABEL_WARM_POOL},!${LABEL_WORKFLOW}`;
    const { items } = await scenario.client.list(PODS, { namespace: scenario.namespace, labelSelector });
    const found = items.find(({ ["status"]: status }) => isJsonObject(status) && status["phase"] === "Running");
    if (found === undefined) throw new Error("no warm pod runs");
    return found;
  });
}

describe("a warm pool", () => {
  it("hands the pod that waits to a Workflow, which it serves alone; another takes its place", async () => {
    await using scenario = await Scenario.start({ namespace: SYSTEM_NAMESPACE });
    const { metadata } = await waiting(scenario);
    const status = await scenario.run(steps("hello", [{}]), "first");
    expect(nodeOf(status, "s0")).toMatchObject({ phase: "Succeeded", message: "Hello template!" });
    const served = await scenario.client.get(PODS, { namespace: SYSTEM_NAMESPACE, name: metadata.name ?? "" });
    expect(served.metadata.labels?.[LABEL_WORKFLOW]).toBe("first");
    expect((await waiting(scenario)).metadata.name).not.toBe(metadata.name);
  });
});
