import { readFileSync, readdirSync } from "node:fs";
import { CONFIG_MAPS, HttpKubeClient, WORKFLOWS, WORKFLOW_TASK_SETS, readManifests, toYaml } from "@outrigger/kube";
import type { KubeClient, ObserveCall } from "@outrigger/kube";
import { startLocalCluster } from "@outrigger/local";
import { createLogger, createTelemetry } from "@outrigger/telemetry";
import type { Telemetry } from "@outrigger/telemetry";
import { taskSetParser, workflowParser } from "@outrigger/types";
import type { JsonObject, KubeObject, NodeResult, Workflow, WorkflowTaskSet } from "@outrigger/types";
import { resolveConfig } from "../../src/config.ts";
import type { ControllerConfig } from "../../src/config.ts";
import { Controller } from "../../src/controller.ts";
import type { ControllerOptions } from "../../src/controller.ts";
import { observeApiCalls } from "../../src/metrics.ts";

type Surroundings = Pick<ControllerOptions, "leadership" | "clock">;

const CRDS = new URL("../../../../deploy/crds/", import.meta.url);

function crds(): readonly JsonObject[] {
  return readdirSync(CRDS)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => {
      const read = readManifests(readFileSync(new URL(name, CRDS), "utf8"), name);
      if (!read.ok) throw new Error(`${name} cannot be read`);
      return read.value.map(({ value }) => value);
    });
}

/** A controller on an embedded API server where no pod runs: the test plays the agent. */
export class ControllerTest implements AsyncDisposable {
  readonly client: KubeClient;
  readonly telemetry: Telemetry;
  readonly log: JsonObject[] = [];
  readonly #cluster: Awaited<ReturnType<typeof startLocalCluster>>;
  readonly #controllers: Controller[] = [];
  readonly #clients: KubeClient[] = [];

  private constructor(cluster: Awaited<ReturnType<typeof startLocalCluster>>) {
    this.#cluster = cluster;
    const write = (line: string): void => void this.log.push(JSON.parse(line) as JsonObject);
    this.telemetry = createTelemetry({ logger: createLogger({ component: "controller", level: "debug", write }) });
    this.client = new HttpKubeClient({
      connection: cluster.connection(),
      observe: observeApiCalls(this.telemetry),
    });
  }

  static async start(): Promise<ControllerTest> {
    return new ControllerTest(await startLocalCluster({ crds: crds(), namespaces: ["argo", "team"] }));
  }

  /** Another client, whose calls are seen. */
  connect(observe: ObserveCall): KubeClient {
    const client = new HttpKubeClient({ connection: this.#cluster.connection(), observe });
    this.#clients.push(client);
    return client;
  }

  async startController(
    changes: Partial<ControllerConfig> = {},
    client = this.client,
    surroundings: Surroundings = {},
  ): Promise<Controller> {
    const controller = this.createController(changes, client, surroundings);
    await controller.start();
    return controller;
  }

  /** Stopped at the end, like the others. */
  createController(
    changes: Partial<ControllerConfig> = {},
    client = this.client,
    surroundings: Surroundings = {},
  ): Controller {
    const config = { ...resolveConfig({ ARGO_EXECUTOR_PLUGINS: "true" }), ...changes };
    const controller = new Controller({
      client,
      config,
      telemetry: createTelemetry({ logger: this.telemetry.logger }),
      ...surroundings,
    });
    this.#controllers.push(controller);
    return controller;
  }

  async installPlugin(name: string, namespace = "argo", container: JsonObject = {}): Promise<KubeObject> {
    const body = {
      name: `${name}-executor-plugin`,
      image: "plugin:1",
      command: ["serve"],
      ports: [{ containerPort: 4355 }],
      resources: { requests: { cpu: "1m" }, limits: { cpu: "1" } },
      securityContext: { runAsNonRoot: true },
      ...container,
    };
    return this.client.create(CONFIG_MAPS, namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: `${name}-executor-plugin`,
        labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
      },
      data: { "sidecar.container": toYaml(body) },
    });
  }

  submit(
    name: string,
    spec: object,
    namespace = "default",
    labels: Readonly<Record<string, string>> = {},
  ): Promise<KubeObject> {
    return this.client.create(WORKFLOWS, namespace, {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name, labels },
      spec,
    });
  }

  async workflow(name: string, namespace = "default"): Promise<Workflow> {
    const parsed = workflowParser(await this.client.get(WORKFLOWS, { namespace, name }), "");
    if (!parsed.ok) throw new Error(`workflow ${name} cannot be read`);
    return parsed.value;
  }

  async taskSet(name: string, namespace = "default"): Promise<WorkflowTaskSet | undefined> {
    const { items } = await this.client.list(WORKFLOW_TASK_SETS, { namespace, fieldSelector: `metadata.name=${name}` });
    const parsed = items[0] === undefined ? undefined : taskSetParser(items[0], "");
    return parsed?.ok === true ? parsed.value : undefined;
  }

  /** Answers tasks as an agent would. */
  async answer(name: string, nodes: Readonly<Record<string, NodeResult>>, namespace = "default"): Promise<void> {
    const patch = { type: "merge", body: { status: { nodes } } } as const;
    await this.client.patch(WORKFLOW_TASK_SETS, { namespace, name }, patch, { subresource: "status" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#controllers) await controller.stop();
    for (const client of [this.client, ...this.#clients]) client.close();
    await this.#cluster.stop();
  }
}
