import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEPLOYMENTS, HttpKubeClient, Informer, NAMESPACES, PODS, WORKFLOWS } from "@outrigger/kube";
import type { Connection, KubeClient } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { bundleServer } from "outrigger";
import type { WritesByClient } from "../processes/request-counter.ts";
import type { Target } from "../target.ts";
import type { Agents } from "../workloads.ts";
import { until } from "../until.ts";
import { AuditLog } from "./audit-log.ts";
import { AGENT_ACCOUNT, CONTROLLER, POOL_SIZE, manifests } from "./manifests.ts";
import { part } from "./part.ts";

const PLUGIN = fileURLToPath(new URL("../plugin/server.ts", import.meta.url));

export interface ClusterOptions {
  readonly connection: Connection;
  readonly version: string;
  readonly agents: Agents;
  /** Where the API server writes down what it is asked; nothing is counted where it cannot be read. */
  readonly auditLog: string;
}

/** A controller in a namespace of its own, on the cluster of a connection, and the means to measure it. */
export class ClusterSystem implements Target {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly ended: Informer;
  readonly pods: Informer;
  readonly #audit: AuditLog | undefined;
  readonly #waiting: Informer;
  readonly #poolSize: number;

  private constructor(client: KubeClient, namespace: string, { auditLog, agents }: ClusterOptions) {
    this.client = client;
    this.namespace = namespace;
    const agentPods = "workflows.argoproj.io/workflow";
    const completed = "workflows.argoproj.io/completed=true";
    this.ended = new Informer({ client, namespace, resource: WORKFLOWS, labelSelector: completed });
    this.pods = new Informer({ client, namespace, resource: PODS, labelSelector: agentPods });
    this.#poolSize = agents === "pool" ? POOL_SIZE : 0;
    const waits = "outrigger.dev/warm-pool,!workflows.argoproj.io/workflow";
    this.#waiting = new Informer({ client, namespace, resource: PODS, labelSelector: waits });
    const account = (name: string): string => `system:serviceaccount:${namespace}:${name}`;
    const clients = { [account(CONTROLLER)]: "controller", [account(AGENT_ACCOUNT)]: "agent" };
    this.#audit = existsSync(auditLog) ? new AuditLog(auditLog, clients) : undefined;
  }

  static async start(options: ClusterOptions): Promise<ClusterSystem> {
    const { connection, version, agents } = options;
    const client = new HttpKubeClient({ connection, userAgent: "outrigger-bench" });
    const { metadata } = await client.create(NAMESPACES, undefined, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { generateName: "outrigger-bench-" },
    });
    const namespace = metadata.name ?? "";
    const system = new ClusterSystem(client, namespace, options);
    const pluginSource = await bundleServer(PLUGIN);
    const objects = manifests({ namespace, version, pluginSource, agents });
    for (const { resource, body } of objects) await client.create(resource, namespace, body);
    for (const informer of [system.ended, system.pods, system.#waiting]) {
      informer.start();
      await informer.whenSynced();
    }
    await system.#installed();
    return system;
  }

  async #installed(): Promise<void> {
    const deployments = new Informer({ client: this.client, namespace: this.namespace, resource: DEPLOYMENTS });
    deployments.start();
    await until(deployments, () => deployments.size > 0 && deployments.list().every(isAvailable));
    await deployments.stop();
  }

  // A pod of the pool takes a while to be replaced.
  whenReady(): Promise<void> {
    return until(this.#waiting, () => this.#waiting.list().filter(isRunning).length >= this.#poolSize);
  }

  takeWrites(): Promise<WritesByClient> {
    return this.#audit?.takeWrites() ?? Promise.resolve({});
  }

  // What runs in containers of another machine shows its memory there.
  currentMemory(): Readonly<Record<string, number>> {
    return {};
  }

  takePeakMemory(): Readonly<Record<string, number>> {
    return {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.ended, this.pods, this.#waiting].map((informer) => informer.stop()));
    await this.client.delete(NAMESPACES, { name: this.namespace });
    this.client.close();
  }
}

function isAvailable({ ["status"]: status }: KubeObject): boolean {
  return isJsonObject(status) && status["availableReplicas"] === 1;
}

function isRunning({ ["status"]: status }: KubeObject): boolean {
  return part(status)["phase"] === "Running";
}
