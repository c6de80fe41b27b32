import { CONFIG_MAPS, PODS, SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { Release } from "./support/release.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

const INSTANCE_ID = "e2e-shared";
const HERE = [`instanceID=${INSTANCE_ID}`, "singleNamespace=true", "controller.replicas=1", "agent.linger=2s"];
const TEN = Array.from({ length: 10 }, () => ({}));

async function namesOf(scenario: Scenario): Promise<readonly string[]> {
  const kinds = [PODS, CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS];
  const lists = await Promise.all(kinds.map((kind) => scenario.client.list(kind, { namespace: scenario.namespace })));
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name ?? ""));
}

describe("the shared agent of the chart", () => {
  it("alone (mode: agent) serves a controller that makes no pods, is upgraded mid-chain, and leaves nothing", async () => {
    await using scenario = await Scenario.start({ agentRole: false, instanceId: INSTANCE_ID });
    const { namespace } = scenario;
    using controller = Release.install("controller", namespace, [...HERE, "agent.pods=none"]);
    using agent = Release.install("agent", namespace, [...HERE, "mode=agent", "plugins.hello.enabled=true"]);
    expect(await scenario.run(steps("hello", TEN))).toMatchObject({ phase: "Succeeded", progress: "10/10" });

    await scenario.submit(
      steps(
        "hello",
        Array.from({ length: 200 }, () => ({})),
      ),
      "long",
    );
    await scenario.until(async () => expect(nodeOf(await scenario.status("long"), "s3")?.phase).toBe("Succeeded"));
    agent.upgrade(["sharedAgent.logLevel=debug"]);
    expect(await scenario.ended("long")).toMatchObject({ phase: "Succeeded", progress: "200/200" });
    expect(await scenario.agentPods()).toEqual([]);

    agent.uninstall();
    controller.uninstall();
    await scenario.until(async () => expect(await namesOf(scenario)).toEqual(["kube-root-ca.crt", "default"]), 60_000);
  });

  it("beside the controller serves Workflows of stateless plugins; others get a pod", async () => {
    await using scenario = await Scenario.start({ agentRole: false, instanceId: INSTANCE_ID });
    using _ = Release.install("both", scenario.namespace, [
      ...HERE,
      "agent.pods=stateful",
      "sharedAgent.enabled=true",
      "plugins.hello.enabled=true",
    ]);
    await scenario.install(scriptedPlugin());
    expect(await scenario.run(steps("hello", TEN))).toMatchObject({ phase: "Succeeded", progress: "10/10" });
    expect(await scenario.agentPods()).toEqual([]);
    expect(await scenario.run(steps("scripted", [{}]), "own")).toMatchObject({ phase: "Succeeded" });
  });
});
