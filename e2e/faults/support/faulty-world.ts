import { resolveConfig as resolveAgentConfig, startAgent } from "@outrigger/agent";
import type { Agent } from "@outrigger/agent";
import { Controller, resolveConfig } from "@outrigger/controller";
import { CONFIG_MAPS, HttpKubeClient, Informer, PODS, WORKFLOWS, explicitConnection, toYaml } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { startLocalCluster } from "@outrigger/local";
import type { LocalCluster } from "@outrigger/local";
import { createLogger, createTelemetry } from "@outrigger/telemetry";
import {
  LABEL_COMPONENT,
  COMPONENT_AGENT,
  isFulfilled,
  isJsonObject,
  podParser,
  workflowParser,
} from "@outrigger/types";
import type { JsonObject, KubeObject, Pod, Workflow } from "@outrigger/types";
import { readCrds } from "outrigger";
import { at } from "../../support/scripted-plugin.ts";
import { FaultyApi } from "./faulty-api.ts";
import type { ApiCall, FaultPlan } from "./faulty-api.ts";
import { FaultyPlugin } from "./faulty-plugin.ts";
import type { CallFault } from "./faulty-plugin.ts";
import { Journal } from "./journal.ts";

export interface FaultyWorldOptions {
  /** Of controller and agents. */
  readonly clock?: Clock;
  /** Faults on the way of a client to the API; `client` is `controller` or the name of an agent pod. */
  readonly plan: (client: string) => FaultPlan;
  readonly callFault: (nodeId: string) => CallFault;
  readonly controllerEnv?: Readonly<Record<string, string>>;
}

interface RunningAgent {
  /** Its way to the API. */
  readonly way: Promise<FaultyApi>;
  readonly agent: Promise<Agent>;
  /** Crashed: it reaches nobody any more. */
  dead: boolean;
}

const RESTART_MS = 50;
const PATIENCE_MS = 15_000;
// Nobody listens on the discard port.
const NOWHERE = "http://127.0.0.1:9";
const PLUGINS = { faulty: {}, once: { "outrigger.dev/at-most-once": "true" } };

/**
 * Controller and agents on a real API server over real HTTP, where every client has a way of its own that faults can be put into. What
 * a kubelet does is done here: an agent for each agent pod, started again when it crashes.
 *
 * A crash cuts the way to the API for good before the process could notice: nothing that it still does reaches anybody.
 */
export class FaultyWorld {
  readonly journal: Journal;
  readonly client: KubeClient;
  readonly #options: FaultyWorldOptions;
  readonly #cluster: LocalCluster;
  readonly plugin: FaultyPlugin;
  readonly #pods: Informer;
  readonly #agents = new Map<string, RunningAgent>();
  // What crashed processes still have to clear away within this one.
  readonly #ends: Promise<void>[] = [];
  #controller:
    | { readonly controller: Controller; readonly api: FaultyApi; readonly client: HttpKubeClient }
    | undefined;
  #stopping = false;

  private constructor(options: FaultyWorldOptions, cluster: LocalCluster, plugin: FaultyPlugin) {
    this.journal = plugin.journal;
    this.#options = options;
    this.#cluster = cluster;
    this.plugin = plugin;
    this.client = new HttpKubeClient({ connection: cluster.connection() });
    const labelSelector = `${LABEL_COMPONENT}=${COMPONENT_AGENT}`;
    this.#pods = new Informer({ client: this.client, resource: PODS, labelSelector });
    this.#pods.onChange(({ type, object }) => {
      const name = object.metadata.name ?? "";
      if (type === "deleted") void this.#end(name);
      else if (!this.#agents.has(name) && !this.#stopping) this.#run(expectPod(object));
    });
  }

  static async start(options: FaultyWorldOptions): Promise<FaultyWorld> {
    const cluster = await startLocalCluster({ crds: await readCrds(), namespaces: ["argo"] });
    const plugin = await FaultyPlugin.start({ journal: new Journal(), fault: options.callFault });
    const world = new FaultyWorld(options, cluster, plugin);
    for (const [name, annotations] of Object.entries(PLUGINS)) await world.#install(name, annotations);
    world.#pods.start();
    await world.startController();
    return world;
  }

  async startController(): Promise<void> {
    const api = await this.#way("controller");
    const connection = explicitConnection({ server: api.url, token: this.#cluster.token });
    const client = new HttpKubeClient({ connection, requestTimeoutMs: 5_000 });
    const env = { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_LINGER: "0s", ...this.#options.controllerEnv };
    const logger = createLogger({ component: "controller", level: "silent" });
    const controller = new Controller({
      client,
      config: resolveConfig(env),
      telemetry: createTelemetry({ logger }),
      ...this.#clock,
    });
    this.#controller = { controller, api, client };
    await controller.start();
  }

  async crashController(): Promise<void> {
    const crashed = this.#controller;
    if (crashed === undefined) return;
    this.#controller = undefined;
    await crashed.api.sever();
    this.#ends.push(crashed.controller.stop().then(() => crashed.client.close()));
  }

  /** All watches and connections of controller and agents break; the API itself goes on. */
  async breakConnections(): Promise<void> {
    this.#controller?.api.breakConnections();
    const ways = await Promise.all(Array.from(this.#agents.values(), ({ way }) => way));
    for (const way of ways) way.breakConnections();
  }

  get #clock(): { readonly clock?: Clock } {
    return this.#options.clock === undefined ? {} : { clock: this.#options.clock };
  }

  get agents(): readonly string[] {
    return [...this.#agents.keys()];
  }

  /** The container is started again after a moment, as a kubelet would. */
  async crashAgent(podName: string): Promise<void> {
    await this.#end(podName);
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    const pod = this.#pods.get({ namespace: "default", name: podName });
    if (pod !== undefined && !this.#agents.has(podName) && !this.#stopping) this.#run(expectPod(pod));
  }

  async submit(workflow: KubeObject): Promise<void> {
    await this.client.create(WORKFLOWS, "default", workflow);
  }

  /** Submits a Workflow and waits for its end. */
  async run(workflow: KubeObject): Promise<Workflow> {
    await this.submit(workflow);
    return this.ended(workflow.metadata.name ?? "");
  }

  async ended(name: string): Promise<Workflow> {
    return this.until(`${name} has ended`, async () => {
      const workflow = (await this.workflows()).find(({ metadata }) => metadata.name === name);
      return isFulfilled(workflow?.status?.phase) ? workflow : undefined;
    });
  }

  /** Asks again and again until there is an answer. */
  async until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (performance.now() > endMs)
        throw new Error(`${what}: not within ${PATIENCE_MS} ms; ${await this.#describe()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async #describe(): Promise<string> {
    return JSON.stringify((await this.workflows()).map(({ status }) => status));
  }

  async workflows(): Promise<readonly Workflow[]> {
    const { items } = await this.client.list(WORKFLOWS, { namespace: "default" });
    return items.map((item) => {
      const parsed = workflowParser(item, "");
      if (!parsed.ok) throw new Error(`a Workflow cannot be read: ${JSON.stringify(parsed.issues)}`);
      return parsed.value;
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#pods.stop();
    await Promise.all(this.agents.map((name) => this.#end(name)));
    await this.crashController();
    await Promise.all(this.#ends);
    this.client.close();
    await this.plugin.stop();
    await this.#cluster.stop();
  }

  #run(pod: Pod): void {
    const name = pod.metadata.name ?? "";
    const way = this.#way(name);
    const running: RunningAgent = {
      way,
      dead: false,
      agent: way.then((api) => this.#start(pod, api, () => running.dead)),
    };
    this.#agents.set(name, running);
  }

  async #start(pod: Pod, api: FaultyApi, isDead: () => boolean): Promise<Agent> {
    const { namespace = "default", name = "" } = pod.metadata;
    const { identity, plugins, limits } = resolveAgentConfig(environmentOf(pod));
    if ("agentName" in identity) throw new Error("no warm pods are made here");
    const connection = explicitConnection({ server: api.url, token: this.#cluster.token, namespace });
    const client = new HttpKubeClient({ connection, requestTimeoutMs: 5_000 });
    await this.#setPhase(name, "Running");
    const agent = startAgent({
      client,
      namespace,
      ...identity,
      plugins: plugins.map((plugin) => ({ ...plugin, token: () => Promise.resolve("any") })),
      limits: { ...limits, drainMs: 0 },
      ...this.#clock,
      dial: () => (isDead() ? NOWHERE : this.plugin.url),
    });
    this.#ends.push(this.#attend(name, agent, client));
    return agent;
  }

  async #attend(name: string, agent: Agent, client: HttpKubeClient): Promise<void> {
    const end = await agent.done;
    client.close();
    if (end !== "stopped") await this.#setPhase(name, "Succeeded");
  }

  async #end(name: string): Promise<void> {
    const running = this.#agents.get(name);
    if (running === undefined) return;
    this.#agents.delete(name);
    running.dead = true;
    await (await running.way).sever();
    void running.agent.then((agent) => agent.stop());
  }

  async #setPhase(name: string, phase: string): Promise<void> {
    const patch = { type: "merge", body: { status: { phase } } } as const;
    // The pod may be gone: that is all there is to say then.
    await this.client
      .patch(PODS, { namespace: "default", name }, patch, { subresource: "status" })
      .catch(() => undefined);
  }

  #way(client: string): Promise<FaultyApi> {
    const plan = this.#options.plan(client);
    const applied = (call: ApiCall, body: string): void => this.#applied(call, body);
    return FaultyApi.start({ target: this.#cluster.url, plan, applied });
  }

  // Writes down the results that agents have saved.
  #applied({ method, path }: ApiCall, body: string): void {
    const match = /\/workflowtasksets\/([^/]+)\/status$/.exec(path);
    if (method !== "PATCH" || match === null) return;
    const nodes = at(JSON.parse(body), "status", "nodes");
    if (!isJsonObject(nodes)) return;
    for (const [nodeId, result] of Object.entries(nodes)) {
      const phase = at(result, "phase");
      if (typeof phase === "string") this.journal.add({ kind: "saved", workflow: match[1] ?? "", nodeId, phase });
    }
  }

  async #install(name: string, annotations: Readonly<Record<string, string>>): Promise<void> {
    const container = {
      name: `${name}-executor-plugin`,
      image: "plugin:1",
      command: ["serve"],
      ports: [{ containerPort: name === "once" ? 4_356 : 4_355 }],
      resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1", memory: "64Mi" } },
      securityContext: { runAsNonRoot: true },
    };
    const labels = { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" };
    await this.client.create(CONFIG_MAPS, "argo", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: container.name, labels, annotations },
      data: { "sidecar.container": toYaml(container) },
    });
  }
}

function expectPod(object: KubeObject): Pod {
  const parsed = podParser(object, "");
  if (!parsed.ok) throw new Error(`a pod cannot be read: ${JSON.stringify(parsed.issues)}`);
  return parsed.value;
}

// What a kubelet would give to the container `main`.
function environmentOf(pod: Pod): Record<string, string> {
  const containers = at(pod, "spec", "containers") as readonly JsonObject[];
  const main = containers.find(({ name }) => name === "main");
  const entries = (main?.["env"] ?? []) as readonly { readonly name: string; readonly value?: string }[];
  return Object.fromEntries(entries.map(({ name, value = "" }) => [name, value]));
}
