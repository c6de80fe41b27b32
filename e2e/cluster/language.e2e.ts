import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOWS, WORKFLOW_TEMPLATES } from "@outrigger/kube";
import { ARGO_API_VERSION } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

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
    await scenario.reached("gate", "Running");
    const calls = await scenario.calls();
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
    await scenario.reached("s0", "Running");
    const ref = { namespace: scenario.namespace, name: "wf" };
    await scenario.client.patch(WORKFLOWS, ref, { type: "merge", body: { spec: { shutdown: "Terminate" } } });
    expect(await scenario.ended()).toMatchObject({ phase: "Failed" });
    expect((await scenario.calls()).at(-1)).toMatchObject({ method: "template.cancel" });
  });

  it("templates of other objects, remembered outputs, a time to live", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    const apiVersion = ARGO_API_VERSION;
    const memoize = { key: "once", maxAge: "1h", cache: { configMap: { name: "remembered" } } };
    const shared = `shared-${scenario.namespace}`;
    const { client, namespace } = scenario;
    await client.create(WORKFLOW_TEMPLATES, namespace, {
      apiVersion,
      kind: "WorkflowTemplate",
      metadata: { name: "near" },
      spec: { templates: [{ ...call, memoize }] },
    });
    await client.create(CLUSTER_WORKFLOW_TEMPLATES, undefined, {
      apiVersion,
      kind: "ClusterWorkflowTemplate",
      metadata: { name: shared },
      spec: { templates: [call] },
    });
    const near = { templateRef: { name: "near", template: "call" }, arguments: pass("1") };
    const status = await scenario.run({
      entrypoint: "main",
      ttlStrategy: { secondsAfterCompletion: 2 },
      templates: [
        {
          name: "main",
          steps: [
            [{ name: "first", ...near }],
            [{ name: "again", ...near }],
            [
              {
                name: "far",
                templateRef: { name: shared, template: "call", clusterScope: true },
                arguments: pass("2"),
              },
            ],
          ],
        },
      ],
    });
    expect(status).toMatchObject({ phase: "Succeeded" });
    expect(nodeOf(status, "again")?.memoizationStatus).toMatchObject({ hit: true });
    expect(nodeOf(status, "far")?.outputs?.parameters).toEqual([{ name: "echo", value: "2" }]);
    expect(await scenario.calls()).toHaveLength(2);
    await client.delete(CLUSTER_WORKFLOW_TEMPLATES, { name: shared });
    await scenario.until(async () => expect((await client.list(WORKFLOWS, { namespace })).items).toEqual([]));
  });
});
