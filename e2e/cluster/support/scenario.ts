import { AGENT_PERMISSIONS } from "@outrigger/agent";
import {
  CONFIG_MAPS,
  EVENTS,
  HttpKubeClient,
  NAMESPACES,
  PODS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  hasReason,
  loadConnection,
  storedStatusParser,
  toYaml,
} from "@outrigger/kube";
import type { KubeClient, Permission } from "@outrigger/kube";
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
import { run } from "../../../tools/command.ts";
import { grant, withoutSecrets } from "../../../tools/rbac-rules.ts";
import { INSTANCE_ID } from "./install.ts";
import { callsIn } from "./scripted-plugin.ts";
import type { Call } from "./scripted-plugin.ts";

export interface ScenarioOptions {
  /** Whether agents may do what they need to. Default true. */
  readonly agentRole?: boolean;
  /** One that is there and stays. Default: one of the scenario's own. */
  readonly namespace?: string;
  /** Of the controller that runs its Workflows. Default: that of all scenarios. */
  readonly instanceId?: string;
}

/** A namespace, most often of a scenario's own; when the scenario fails, what is in it is printed. */
export class Scenario implements AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly #ownsNamespace: boolean;
  readonly #instanceId: string;
  #remains = "";

  private constructor(client: KubeClient, namespace: string, options: ScenarioOptions) {
    this.client = client;
    this.namespace = namespace;
    this.#ownsNamespace = options.namespace === undefined;
    this.#instanceId = options.instanceId ?? INSTANCE_ID;
  }

  /** Of one test. */
  static async start(options: ScenarioOptions = {}): Promise<Scenario> {
    const scenario = await Scenario.open(options);
    onTestFailed(() => void process.stdout.write(scenario.#remains)); // comes after the scenario has been disposed of
    return scenario;
  }

  /** Of several tests. */
  static async open(options: ScenarioOptions = {}): Promise<Scenario> {
    const { namespace, agentRole = namespace === undefined } = options;
    const client = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
    const scenario = new Scenario(client, namespace ?? (await makeNamespace(client)), options);
    if (agentRole) await scenario.grantAgents();
    return scenario;
  }

  async grantAgents(isMeant: (permission: Permission) => boolean = () => true): Promise<void> {
    await this.grant("default", withoutSecrets(AGENT_PERMISSIONS).filter(isMeant));
  }

  /** Lets a service account do this, in the place of what it was granted before. */
  async grant(account: string, permissions: readonly Permission[]): Promise<void> {
    for (const { resource, name, body } of grant(this.namespace, account, permissions)) {
      await this.client.delete(resource, { namespace: this.namespace, name }).catch((error: unknown) => {
        if (!hasReason(error, "NotFound")) throw error;
      });
      await this.client.create(resource, this.namespace, body);
    }
  }

  install(configMap: object): Promise<KubeObject> {
    return this.client.create(CONFIG_MAPS, this.namespace, configMap);
  }

  /** `instanceId`: empty for a Workflow of no instance. */
  submit(spec: object, name = "wf", instanceId = this.#instanceId): Promise<KubeObject> {
    const metadata = { name, labels: instanceId === "" ? {} : { [LABEL_INSTANCE_ID]: instanceId } };
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

  /** A container may work before the kubelet says that it does: then its log is not there yet. */
  logs(pod: string, container: string): Promise<string> {
    return this.until(async () => {
      let text = "";
      const ref = { namespace: this.namespace, name: pod };
      for await (const chunk of this.client.logs(ref, { container })) text += chunk;
      return text;
    });
  }

  /** As kubectl takes it: `deployment/name`. */
  logsOf(what: string): Promise<string> {
    return this.until(() => Promise.resolve(this.kubectl("logs", what)));
  }

  /** What the scripted plugin was asked, in all agent pods of this namespace that are there. */
  async calls(container = "scripted-executor-plugin"): Promise<readonly Call[]> {
    const pods = await this.agentPods();
    const logs = await Promise.all(pods.map(({ metadata }) => this.logs(metadata.name ?? "", container)));
    return logs.flatMap(callsIn);
  }

  /** Runs kubectl in this namespace, and answers what it has written. */
  kubectl(...args: readonly string[]): string {
    return run(["kubectl", "--namespace", this.namespace, ...args]);
  }

  /** Until a step of a Workflow is in this phase. */
  async reached(step: string, phase: NodeStatus["phase"], name = "wf"): Promise<void> {
    await this.until(async () => {
      const now = nodeOf(await this.status(name), step)?.phase;
      if (now !== phase) throw new Error(`step ${step} is ${now ?? "not there"}, not ${phase}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#remains = await this.#describe();
    if (this.#ownsNamespace) await this.client.delete(NAMESPACES, { name: this.namespace });
    else this.kubectl("delete", "workflows", "--all", "--wait=false");
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

async function makeNamespace(client: KubeClient): Promise<string> {
  const metadata = { generateName: "e2e-" };
  const made = await client.create(NAMESPACES, undefined, { apiVersion: "v1", kind: "Namespace", metadata });
  return made.metadata.name ?? "";
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
