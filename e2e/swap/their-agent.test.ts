import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller, resolveConfig } from "@outrigger/controller";
import { CONFIG_MAPS, HttpKubeClient, WORKFLOWS, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { InProcessContext, LocalCluster } from "@outrigger/local";
import { createTelemetry } from "@outrigger/telemetry";
import { isFulfilled, workflowParser } from "@outrigger/types";
import type { JsonObject, Workflow } from "@outrigger/types";
import { readCrds } from "outrigger";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import type { Answer } from "../support/scripted-plugin.ts";
import { ForeignAgent } from "./support/foreign-agent.ts";
import { makeTokens } from "./support/foreign-init.ts";

const IMAGE = "quay.io/argoproj/argoexec:v4.1.2";
const FAILED: Answer = { body: { node: { phase: "Failed", message: "not yet" } } };
const POLLED: readonly Answer[] = [
  { body: { node: { phase: "Running", message: "on it", progress: "1/2" }, requeue: "100ms" } },
  succeeded("done", { n: "2" }),
];

describe("Argo's agent under our controller", () => {
  let folder: string;
  let cluster: LocalCluster;
  let client: HttpKubeClient;
  let controller: Controller;
  const agents: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-swap-"));
    cluster = await startLocalCluster({
      crds: await readCrds(),
      namespaces: ["argo"],
      startPodRuntime: (context) =>
        startPodRuntime({ ...context, hostEnv: process.env, inProcess: { [IMAGE]: foreignAgent } }),
    });
    client = new HttpKubeClient({ connection: cluster.connection() });
    const env = {
      ARGO_EXECUTOR_PLUGINS: "true",
      OUTRIGGER_AGENT_IMAGE: IMAGE,
      OUTRIGGER_AGENT_LINGER: "0s",
      OUTRIGGER_CANCEL_GRACE: "200ms",
    };
    const answers: Readonly<Record<string, readonly Answer[]>> = {
      echo: [succeeded("hello", { said: "hi" })],
      flaky: [FAILED, FAILED, succeeded("at last")],
      chain: [succeeded("first", { said: "hi" }), ...POLLED],
      never: [{ body: { node: { phase: "Running" }, requeue: "1h" } }],
    };
    for (const [index, [name, script]] of Object.entries(answers).entries()) {
      const port = 14_450 + index;
      const configMap = scriptedPlugin({ name, port, answers: script, recordFile: join(folder, name) });
      await client.create(CONFIG_MAPS, "argo", configMap);
    }
    controller = new Controller({ client, config: resolveConfig(env), telemetry: createTelemetry() });
    await controller.start();
  });
  afterAll(async () => {
    await controller.stop();
    client.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const foreignAgent = async ({ args, env, path, address, pod, signal }: InProcessContext): Promise<number> => {
    const tokens = path("/var/run/argo") ?? "/var/run/argo";
    if (args[1] === "init") {
      makeTokens(tokens, env);
      return 0;
    }
    const { namespace = "", name = "" } = pod.metadata;
    const own = new HttpKubeClient({ connection: cluster.connection(namespace) });
    const token = (plugin: string): Promise<string> =>
      Promise.resolve(readFileSync(join(tokens, plugin, "token"), "utf8"));
    await new ForeignAgent({ client: own, namespace, env, token, dial: address, signal }).run();
    agents.push(name);
    own.close();
    return 0;
  };

  const run = async (name: string, templates: readonly object[]): Promise<Workflow> => {
    await client.create(WORKFLOWS, "default", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name },
      spec: { entrypoint: "main", templates },
    });
    const read = async (): Promise<Workflow> => {
      const parsed = workflowParser(await client.get(WORKFLOWS, { namespace: "default", name }), "");
      return parsed.ok ? parsed.value : expect.fail(JSON.stringify(parsed.issues));
    };
    await expect.poll(async () => isFulfilled((await read()).status?.phase), { timeout: 18_000 }).toBe(true);
    return read();
  };

  const bodiesOf = (plugin: string): readonly JsonObject[] =>
    recordedCalls(join(folder, plugin)).map(({ body }) => body);

  it("runs hello, leaves the task set as it should be, and is sent home", async () => {
    const workflow = await run("hello", [{ name: "main", plugin: { echo: {} } }]);
    expect(workflow.status).toMatchObject({ phase: "Succeeded", progress: "1/1" });
    const [node] = Object.values(workflow.status?.nodes ?? {});
    expect(node).toMatchObject({ message: "hello", outputs: { parameters: [{ name: "said", value: "hi" }] } });
    await expect.poll(() => agents, { timeout: 10_000 }).toContain("hello-1340600742-agent");
    const taskSet = await client.get(WORKFLOW_TASK_SETS, { namespace: "default", name: "hello" });
    expect(taskSet).toMatchObject({ spec: { tasks: {} }, status: { nodes: {} } });
    expect(taskSet.metadata.labels).toEqual({ "workflows.argoproj.io/completed": "true" });
    const { name, uid } = workflow.metadata;
    const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name, uid };
    expect(taskSet.metadata.ownerReferences).toEqual([owner]);
    expect(workflow.metadata.labels).toMatchObject({
      "workflows.argoproj.io/completed": "true",
      "workflows.argoproj.io/phase": "Succeeded",
    });
  });

  it("runs steps, one fed by the other, and polls", async () => {
    const said = { parameters: [{ name: "x", value: "{{steps.a.outputs.parameters.said}}" }] };
    const workflow = await run("steps", [
      {
        name: "main",
        steps: [[{ name: "a", template: "first" }], [{ name: "b", template: "polled", arguments: said }]],
      },
      {
        name: "first",
        outputs: { parameters: [{ name: "said", valueFrom: { supplied: {} } }] },
        plugin: { chain: {} },
      },
      { name: "polled", inputs: { parameters: [{ name: "x" }] }, plugin: { chain: { x: "{{inputs.parameters.x}}" } } },
    ]);
    expect(workflow.status).toMatchObject({ phase: "Succeeded" });
    expect(bodiesOf("chain").map((body) => at(body, "template", "plugin"))).toEqual([
      { chain: {} },
      { chain: { x: "hi" } },
      { chain: { x: "hi" } },
    ]);
  });

  it("runs attempts as tasks of their own; what we tell of them stands in annotations, which it passes on", async () => {
    const workflow = await run("retry", [{ name: "main", retryStrategy: { limit: "5" }, plugin: { flaky: {} } }]);
    expect(workflow.status?.phase).toBe("Succeeded");
    expect(bodiesOf("flaky").map((body) => at(body, "template", "metadata"))).toEqual(
      ["0", "1", "2"].map((attempt) => ({ annotations: { "outrigger.dev/attempt": attempt } })),
    );
    for (const body of bodiesOf("flaky")) expect(Object.keys(body)).toEqual(["workflow", "template"]);
  });

  it("runs a fan-out of 100", async () => {
    const workflow = await run("many", [
      { name: "main", steps: [[{ name: "a", template: "echo", withSequence: { count: "100" } }]] },
      { name: "echo", plugin: { echo: {} } },
    ]);
    expect(workflow.status).toMatchObject({ phase: "Succeeded", progress: "100/100" });
  });

  it("knows nothing of cancelling: a step that is out of time ends all the same, after the grace period", async () => {
    const workflow = await run("late", [{ name: "main", activeDeadlineSeconds: 1, plugin: { never: {} } }]);
    expect(workflow.status?.phase).toBe("Failed");
  });
});
