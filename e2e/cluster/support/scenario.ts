import { AGENT_PERMISSIONS } from "@outrigger/agent";
import {
  CONFIG_MAPS,
  EVENTS,
  HttpKubeClient,
  NAMESPACES,
  PODS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  loadConnection,
  storedStatusParser,
  toYaml,
} from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import {
  ARGO_API_VERSION,
  COMPONENT_AGENT,
  LABEL_COMPONENT,
  LABEL_INSTANCE_ID,
  formatIssues,
  isFulfilled,
} from "@outrigger/types";
import type { JsonObject, KubeObject, NodeStatus, WorkflowStatus } from "@outrigger/types";
import { onTestFailed, vi } from "vitest";
import { grant, withoutSecrets } from "../../../tools/rbac-rules.ts";
import { INSTANCE_ID } from "./install.ts";

export interface ScenarioOptions {
  /** Whether agents may do what they need to. Default true. */
  readonly agentRole?: boolean;
}

/** A namespace of a scenario's own; when the scenario fails, what is in it is printed. */
export class Scenario implements AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  #remains = "";

  private constructor(client: KubeClient, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  static async start({ agentRole = true }: ScenarioOptions = {}): Promise<Scenario> {
    const client = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
    const made = await client.create(NAMESPACES, undefined, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { generateName: "e2e-" },
    });
    const scenario = new Scenario(client, made.metadata.name ?? "");
    onTestFailed(() => void process.stdout.write(scenario.#remains)); // comes after the scenario has been disposed of
    if (agentRole) await scenario.grantAgents();
    return scenario;
  }

  async grantAgents(): Promise<void> {
    const objects = grant(this.namespace, "default", withoutSecrets(AGENT_PERMISSIONS));
    for (const { resource, body } of objects) await this.client.create(resource, this.namespace, body);
  }

  install(configMap: object): Promise<KubeObject> {
    return this.client.create(CONFIG_MAPS, this.namespace, configMap);
  }

  submit(spec: object, name = "wf"): Promise<KubeObject> {
    const metadata = { name, labels: { [LABEL_INSTANCE_ID]: INSTANCE_ID } };
    return this.client.create(WORKFLOWS, this.namespace, {
      apiVersion: ARGO_API_VERSION,
      kind: "Workflow",
      metadata,
      spec,
    });
  }

  async run(spec: object, name = "wf"): Promise<WorkflowStatus> {
    await this.submit(spec, name);
    return this.ended(name);
  }

  async status(name = "wf"): Promise<WorkflowStatus> {
    const workflow = await this.client.get(WORKFLOWS, { namespace: this.namespace, name });
    const status = storedStatusParser(workflow["status"] ?? {}, "status");
    if (!status.ok) throw new Error(formatIssues(status.issues));
    return status.value;
  }

  ended(name = "wf"): Promise<WorkflowStatus> {
    return this.until(async () => {
      const status = await this.status(name);
      if (!isFulfilled(status.phase)) throw new Error(`not ended: ${JSON.stringify(status)}`);
      return status;
    }, 60_000);
  }

  until<T>(check: () => Promise<T>, timeout = 30_000): Promise<T> {
    return vi.waitFor(check, { timeout, interval: 100 });
  }

  async agentPods(): Promise<readonly KubeObject[]> {
    const selector = { namespace: this.namespace, labelSelector: `${LABEL_COMPONENT}=${COMPONENT_AGENT}` };
    return (await this.client.list(PODS, selector)).items;
  }

  async logs(pod: string, container: string): Promise<string> {
    let text = "";
    for await (const chunk of this.client.logs({ namespace: this.namespace, name: pod }, { container })) text += chunk;
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#remains = await this.#describe();
    await this.client.delete(NAMESPACES, { name: this.namespace });
    this.client.close();
  }

  async #describe(): Promise<string> {
    const parts = [WORKFLOWS, WORKFLOW_TASK_SETS, PODS, EVENTS].map(async (resource) => {
      const { items } = await this.client.list(resource, { namespace: this.namespace });
      return `# ${resource.plural} of ${this.namespace}\n${items.map((item) => toYaml({ ...item })).join("---\n")}`;
    });
    return (await Promise.all(parts)).join("\n");
  }
}

export function nodeOf(status: WorkflowStatus, displayName: string): NodeStatus | undefined {
  return Object.values(status.nodes ?? {}).find((node) => node.displayName === displayName);
}

/** Plugin steps, one after the other, of one key. */
export function steps(key: string, inputs: readonly JsonObject[]): JsonObject {
  return {
    entrypoint: "main",
    templates: [
      { name: "main", steps: inputs.map((_, index) => [{ name: `s${index}`, template: `t${index}` }]) },
      ...inputs.map((input, index) => ({ name: `t${index}`, plugin: { [key]: input } })),
    ],
  };
}
