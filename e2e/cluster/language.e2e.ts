import { WORKFLOWS } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { callsIn, scriptedPlugin } from "./support/scripted-plugin.ts";

const call = {
  name: "call",
  inputs: { parameters: [{ name: "value", value: "" }] },
  outputs: { parameters: [{ name: "echo", valueFrom: { path: "given by the plugin" } }] },
  plugin: { scripted: {} },
};
const pass = (value: string) => ({ parameters: [{ name: "value", value }] });

describe("the language, on a real cluster", () => {
  it("a DAG of steps, a fan-out of 200, an exit handler", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    const last = "{{tasks.first.outputs.parameters.echo}}";
    const status = await scenario.run({
      entrypoint: "main",
      onExit: "call",
      templates: [
        {
          name: "main",
          dag: {
            tasks: [
              { name: "first", template: "call", arguments: pass("1") },
              {
                name: "many",
                template: "call",
                depends: "first",
                withSequence: { count: "200" },
                arguments: pass("{{item}}"),
              },
              { name: "last", template: "call", depends: "many", arguments: pass(last) },
            ],
          },
        },
        call,
      ],
    });
    expect(status).toMatchObject({ phase: "Succeeded", progress: "203/203" });
    expect(nodeOf(status, "many(199:199)")?.outputs?.parameters).toEqual([{ name: "echo", value: "199" }]);
    expect(nodeOf(status, "last")?.outputs?.parameters).toEqual([{ name: "echo", value: "1" }]);
    expect(nodeOf(status, "wf.onExit")).toMatchObject({ phase: "Succeeded" });
  });

  it("attempts, polls with progress, suspend and resume", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit({
      entrypoint: "main",
      templates: [
        {
          name: "main",
          steps: [
            [{ name: "again", template: "again" }],
            [{ name: "polled", template: "polled" }],
            [{ name: "gate", template: "gate" }],
          ],
        },
        { name: "again", retryStrategy: { limit: "3" }, plugin: { scripted: { failBefore: 2 } } },
        { name: "polled", plugin: { scripted: { polls: 3 } } },
        { name: "gate", suspend: {} },
      ],
    });
    await scenario.until(async () => expect(nodeOf(await scenario.status(), "gate")?.phase).toBe("Running"));
    const [pod] = await scenario.agentPods();
    const calls = callsIn(await scenario.logs(pod?.metadata.name ?? "", "scripted-executor-plugin"));
    expect(calls.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 0, 0, 0, 0]);
    expect(calls.map(({ polled }) => polled)).toEqual([0, 0, 0, 0, 1, 2, 3]);
    const { nodes = {} } = await scenario.status();
    const gate = Object.values(nodes).find(({ displayName }) => displayName === "gate")?.id ?? "";
    const body = { status: { nodes: { [gate]: { phase: "Succeeded", finishedAt: new Date().toISOString() } } } };
    await scenario.client.patch(WORKFLOWS, { namespace: scenario.namespace, name: "wf" }, { type: "merge", body });
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded" });
  });

  it("what is terminated is cancelled in the plugin", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", [{ polls: 10_000 }]));
    await scenario.until(async () => expect(nodeOf(await scenario.status(), "s0")?.phase).toBe("Running"));
    const ref = { namespace: scenario.namespace, name: "wf" };
    await scenario.client.patch(WORKFLOWS, ref, { type: "merge", body: { spec: { shutdown: "Terminate" } } });
    expect(await scenario.ended()).toMatchObject({ phase: "Failed" });
  });
});
