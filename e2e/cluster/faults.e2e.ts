import { LEASES, PODS, WORKFLOWS, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import { object, string } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { INSTANCE_ID, SYSTEM_NAMESPACE, upgrade } from "./support/install.ts";
import { Scenario, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

const leaseSpec = object<{ readonly holderIdentity?: string }>({ holderIdentity: string });
const SLOW = Array.from({ length: 20 }, () => ({ delayMs: 200 }));

async function leader(scenario: Scenario): Promise<string> {
  const ref = { namespace: SYSTEM_NAMESPACE, name: `outrigger-controller-${INSTANCE_ID}` };
  const spec = leaseSpec((await scenario.client.get(LEASES, ref))["spec"], "spec");
  return spec.ok ? (spec.value.holderIdentity?.split("_")[0] ?? "") : "";
}

describe("what fails on a real cluster", () => {
  it("the leader is killed mid-chain: the other controller goes on, no call is repeated", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", SLOW));
    await scenario.reached("s3", "Succeeded");
    const before = await leader(scenario);
    await scenario.client.delete(PODS, { namespace: SYSTEM_NAMESPACE, name: before }, { gracePeriodSeconds: 0 });
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded" });
    expect(await leader(scenario)).not.toBe(before);
    const calls = await scenario.calls();
    expect(calls).toHaveLength(SLOW.length);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(SLOW.length);
  });

  it("the agent pod is deleted mid-chain: another one takes over, and the Workflow succeeds", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", SLOW));
    await scenario.reached("s3", "Succeeded");
    const [pod] = await scenario.agentPods();
    const ref = { namespace: scenario.namespace, name: pod?.metadata.name ?? "" };
    await scenario.client.delete(PODS, ref, { gracePeriodSeconds: 0 });
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded", progress: "20/20" });
  });

  it("the chart is upgraded mid-chain: new controllers go on, no call is repeated", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", SLOW));
    await scenario.reached("s3", "Succeeded");
    upgrade(["controller.logLevel=debug"]);
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded" });
    const calls = await scenario.calls();
    expect(calls).toHaveLength(SLOW.length);
  });

  it("the Workflow is deleted mid-run: nothing of it is left", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", SLOW));
    await scenario.reached("s3", "Succeeded");
    await scenario.client.delete(WORKFLOWS, { namespace: scenario.namespace, name: "wf" });
    await scenario.until(async () => {
      const left = await Promise.all(
        [WORKFLOWS, WORKFLOW_TASK_SETS, PODS].map((kind) =>
          scenario.client.list(kind, { namespace: scenario.namespace }),
        ),
      );
      expect(left.flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([]);
    }, 60_000);
  });
});
