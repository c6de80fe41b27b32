import { HttpKubeClient, NAMESPACES, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import { createLogger, createRegistry } from "@outrigger/telemetry";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { SharedAgent } from "@outrigger/agent";
import type { SharedAgentOptions } from "@outrigger/agent";
import { describe, expect, it, onTestFinished } from "vitest";
import { TOKEN, TestCluster, task, until } from "./cluster.ts";
import { ScriptedPlugin, reply, succeed } from "./scripted-plugin.ts";

interface Where {
  readonly name: string;
  readonly namespace?: string;
}

const COMPLETED = { metadata: { labels: { "workflows.argoproj.io/completed": "true" } } };

/** A shared agent, and the task sets of many Workflows. */
class SharedWorld {
  readonly cluster: TestCluster;
  readonly asked: string[] = [];
  readonly registry = createRegistry({ processMetrics: false });
  readonly #client: HttpKubeClient;

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
    this.#client = new HttpKubeClient({
      connection: cluster.api.connection(),
      observe: ({ verb, resource, subresource = "" }, run) => {
        this.asked.push([verb, resource, subresource].join(" ").trim());
        return run();
      },
    });
    onTestFinished(() => this.#client.close());
  }

  static async start(...namespaces: readonly string[]): Promise<SharedWorld> {
    const world = new SharedWorld(await TestCluster.start());
    for (const name of namespaces) await world.cluster.client.create(NAMESPACES, undefined, { metadata: { name } });
    return world;
  }

  agent(at: Readonly<Record<string, string>>, options: Partial<SharedAgentOptions> = {}): SharedAgent {
    const { log } = this.cluster;
    const write = (line: string): void => void log.push(JSON.parse(line) as Record<string, unknown>);
    const plugins = Object.entries(at).map(([name, address]) => ({
      name,
      address,
      token: () => Promise.resolve(TOKEN),
    }));
    const agent = new SharedAgent({
      client: this.#client,
      plugins,
      telemetry: { logger: createLogger({ component: "agent", level: "debug", write }), registry: this.registry },
      ...options,
      limits: { drainMs: 100, ...options.limits },
    });
    agent.start();
    onTestFinished(() => agent.stop());
    return agent;
  }

  async announce({ name, namespace = "default" }: Where, tasks: JsonObject, labels = {}): Promise<void> {
    const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name, uid: `uid-of-${name}` };
    await this.cluster.client.create(WORKFLOW_TASK_SETS, namespace, {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTaskSet",
      metadata: { name, ownerReferences: [owner], labels },
      spec: { tasks },
    });
  }

  async patch({ name, namespace = "default" }: Where, body: object): Promise<void> {
    await this.cluster.client.patch(WORKFLOW_TASK_SETS, { namespace, name }, { type: "merge", body });
  }

  async results({ name, namespace = "default" }: Where): Promise<Readonly<Record<string, JsonObject>>> {
    const found = await this.cluster.client.get(WORKFLOW_TASK_SETS, { namespace, name });
    const { nodes = {} } = (found["status"] ?? {}) as { nodes?: Record<string, JsonObject> };
    return nodes;
  }

  /** Waits until so many tasks of the task set have succeeded. */
  async succeeded(where: Where, count: number): Promise<void> {
    for (const endMs = Date.now() + 15_000; ;) {
      const nodes = Object.values(await this.results(where));
      if (nodes.filter(({ phase }) => phase === "Succeeded").length === count) return;
      if (Date.now() > endMs) throw new Error(`not ${count} have succeeded: ${JSON.stringify(nodes)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async served(): Promise<number> {
    const [metric] = (await this.registry.getSingleMetric("outrigger_agent_workflows")?.get())?.values ?? [];
    return metric?.value ?? NaN;
  }
}

function tasks(prefix: string, count: number, key = "it"): Record<string, JsonValue> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, task(key)]));
}

function messages(world: SharedWorld): readonly unknown[] {
  return world.cluster.log.map(({ msg }) => msg);
}

describe("the shared agent", () => {
  it("serves the Workflows of all namespaces with one watch, and tells each call's own", async () => {
    const world = await SharedWorld.start("a", "b");
    const plugin = await ScriptedPlugin.start(succeed());
    await world.announce({ name: "wf", namespace: "a" }, tasks("a", 20));
    world.agent({ it: plugin.address });
    await world.announce({ name: "wf", namespace: "b" }, tasks("b", 20));
    await world.succeeded({ name: "wf", namespace: "a" }, 20);
    await world.succeeded({ name: "wf", namespace: "b" }, 20);
    expect(plugin.calls.length).toBe(40);
    const workflows = plugin.calls.map(({ body }) => JSON.stringify(body.workflow));
    expect([...new Set(workflows)].sort()).toEqual(
      ["a", "b"].map((namespace) => JSON.stringify({ metadata: { name: "wf", namespace, uid: "uid-of-wf" } })),
    );
    expect(world.asked.filter((call) => /list|watch/.test(call))).toEqual([
      "list workflowtasksets",
      "watch workflowtasksets",
    ]);
  });

  it("takes only its namespace, and its instance", async () => {
    const world = await SharedWorld.start("a");
    const plugin = await ScriptedPlugin.start(succeed());
    const mine = { "workflows.argoproj.io/controller-instanceid": "one" };
    await world.announce({ name: "elsewhere", namespace: "a" }, tasks("n", 1), mine);
    await world.announce({ name: "nobodys" }, tasks("n", 1));
    await world.announce({ name: "mine" }, tasks("n", 1), mine);
    world.agent({ it: plugin.address }, { namespace: "default", instanceId: "one" });
    await world.succeeded({ name: "mine" }, 1);
    expect(plugin.calls.length).toBe(1);
  });

  it("takes only what the controller has marked for it, if it is told so", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    await world.announce({ name: "own-pod" }, tasks("n", 1));
    await world.announce({ name: "marked" }, tasks("n", 1), { "outrigger.dev/agent": "shared" });
    world.agent({ it: plugin.address }, { taskSets: "shared" });
    await world.succeeded({ name: "marked" }, 1);
    expect(await world.results({ name: "own-pod" })).toEqual({});
  });

  it("leaves Workflows of an instance to that one's agent", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    await world.announce({ name: "other" }, tasks("n", 1), { "workflows.argoproj.io/controller-instanceid": "one" });
    world.agent({ it: plugin.address });
    await world.announce({ name: "plain" }, tasks("n", 1));
    await world.succeeded({ name: "plain" }, 1);
    expect(await world.results({ name: "other" })).toEqual({});
  });

  it("keeps nothing of what has ended, and looks at nothing that is completed", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    await world.announce({ name: "old" }, tasks("old", 3), COMPLETED.metadata.labels);
    await world.announce({ name: "idle" }, {});
    world.agent({ it: plugin.address });
    for (const name of ["w1", "w2"]) await world.announce({ name }, tasks(name, 1));
    await world.succeeded({ name: "w1" }, 1);
    await world.succeeded({ name: "w2" }, 1);
    expect(await world.served()).toBe(2);
    await world.patch({ name: "w1" }, COMPLETED);
    await world.cluster.client.delete(WORKFLOW_TASK_SETS, { namespace: "default", name: "w2" });
    await until(() => messages(world).filter((message) => message === "Agent has ended").length === 2);
    await expect.poll(() => world.served()).toBe(0);
    expect(plugin.calls.length).toBe(2);
  });

  it("goes on with a Workflow that was completed and has tasks again", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    world.agent({ it: plugin.address });
    await world.announce({ name: "wf" }, tasks("first", 1));
    await world.succeeded({ name: "wf" }, 1);
    await world.patch({ name: "wf" }, COMPLETED);
    const more = { labels: { "workflows.argoproj.io/completed": null } };
    await world.patch({ name: "wf" }, { metadata: more, spec: { tasks: tasks("second", 1) } });
    await world.succeeded({ name: "wf" }, 2);
    expect(plugin.calls.length).toBe(2);
  });

  it("tells plugins to end what they are at when the Workflow is deleted, and serves its namesake", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(reply({ node: { phase: "Running" }, requeue: "1h" }));
    plugin.cancel = reply({ node: { phase: "Failed" } });
    world.agent({ it: plugin.address });
    await world.announce({ name: "wf" }, tasks("n", 1));
    await until(() => plugin.calls.length === 1);
    await world.cluster.client.delete(WORKFLOW_TASK_SETS, { namespace: "default", name: "wf" });
    await world.announce({ name: "wf" }, tasks("n", 1));
    await until(() => plugin.cancels.length === 1 && plugin.calls.length === 2);
    expect(plugin.cancels[0]?.body.reason).toBe("the Workflow has ended or was deleted");
  });

  it("bounds the calls of all Workflows together, and lets none starve", async () => {
    const world = await SharedWorld.start();
    let [underWay, most] = [0, 0];
    const order: string[] = [];
    const plugin = await ScriptedPlugin.start(({ body }, response) => {
      order.push(body.workflow.metadata.name);
      most = Math.max(most, (underWay += 1));
      setTimeout(() => {
        underWay -= 1;
        response.end(JSON.stringify({ node: { phase: "Succeeded" } }));
      }, 10);
    });
    await world.announce({ name: "large" }, tasks("large", 60));
    world.agent({ it: plugin.address }, { limits: { callsPerPlugin: 4 } });
    await until(() => order.length > 4);
    await world.announce({ name: "small" }, tasks("small", 3));
    await world.succeeded({ name: "large" }, 60);
    await world.succeeded({ name: "small" }, 3);
    expect(most).toBe(4);
    expect(order.lastIndexOf("small")).toBeLessThan(40);
  });

  it("writes what there is when it is stopped, and the next one calls nothing twice", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    const first = world.agent({ it: plugin.address }, { limits: { drainMs: 10_000 } });
    await world.announce({ name: "wf" }, tasks("n", 30));
    await until(() => plugin.calls.length > 3);
    await first.stop();
    world.agent({ it: plugin.address }, { telemetry: {} });
    await world.succeeded({ name: "wf" }, 30);
    const keys = plugin.calls.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(30);
    expect(keys.length).toBe(30);
  });

  it("does not serve a task set that no Workflow owns, and says so once", async () => {
    const world = await SharedWorld.start();
    const plugin = await ScriptedPlugin.start(succeed());
    world.agent({ it: plugin.address });
    await world.announce({ name: "wf" }, tasks("n", 1));
    await world.cluster.client.create(WORKFLOW_TASK_SETS, "default", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTaskSet",
      metadata: { name: "orphan" },
      spec: { tasks: tasks("n", 1) },
    });
    const said = await world.cluster.logged("Task set is not served: it has no Workflow as owner");
    expect(said["taskSet"]).toBe("default/orphan");
    expect(await world.results({ name: "orphan" })).toEqual({});
  });

  it("says what it waits for as long as it may not watch", async () => {
    const world = await SharedWorld.start();
    const agent = world.agent({});
    await expect.poll(() => agent.notReady()).toEqual([]);
    const connection = { ...world.cluster.api.connection(), server: new URL("http://127.0.0.1:1") };
    const client = new HttpKubeClient({ connection });
    onTestFinished(() => client.close());
    const lost = new SharedAgent({ client, plugins: [] });
    lost.start();
    onTestFinished(() => lost.stop());
    await expect.poll(() => lost.notReady()).toEqual([expect.stringContaining("not synced: ")]);
  });
});
