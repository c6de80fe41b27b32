import { PODS, WORKFLOWS, WORKFLOW_TASK_SETS, hasReason } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { parse } from "yaml";
import { at } from "../../support/scripted-plugin.ts";
import { decodeNodeResult } from "./argo-structs.ts";
import type { ArgoNodeResult } from "./argo-structs.ts";

const NAMESPACE = "default";
const LOG_OPTIONS = ["--loglevel", "info", "--log-format", "text", "--gloglevel", "0"];
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Does with a Workflow's task set and agent pod what Argo's controller (v4.1: taskset.go, agent.go) does, and nothing else: it knows no
 * field, variable or annotation of ours.
 */
export class ForeignController {
  readonly #client: KubeClient;
  readonly #name: string;
  readonly #uid: string;

  private constructor(client: KubeClient, workflow: KubeObject) {
    this.#client = client;
    this.#name = workflow.metadata.name ?? "";
    this.#uid = workflow.metadata.uid ?? "";
  }

  static async start(client: KubeClient, name: string): Promise<ForeignController> {
    const workflow = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { name }, spec: {} };
    return new ForeignController(client, await client.create(WORKFLOWS, NAMESPACE, workflow));
  }

  /** Creates the task set; if it exists, patches it, with the label that says whether the Workflow is over. */
  async announce(tasks: Readonly<Record<string, JsonObject>>): Promise<void> {
    const taskSet = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTaskSet",
      metadata: { name: this.#name, namespace: NAMESPACE, labels: {}, ownerReferences: [this.#owner()] },
      spec: { tasks },
    };
    try {
      await this.#client.create(WORKFLOW_TASK_SETS, NAMESPACE, taskSet);
    } catch (error) {
      if (!hasReason(error, "AlreadyExists")) throw error;
      await this.#patch({ metadata: labelled("false"), spec: { tasks } });
    }
  }

  /** Takes results out first, then their tasks; with the last of them goes the label. */
  async remove(nodeIds: readonly string[], { completed = false } = {}): Promise<void> {
    const gone = Object.fromEntries(nodeIds.map((id) => [id, null]));
    await this.#patch({ status: { nodes: gone } }, "status");
    await this.#patch({ spec: { tasks: gone }, ...(completed ? { metadata: labelled("true") } : {}) });
  }

  /** The pod as Argo makes it, from the executor image of its configuration. */
  async createAgentPod(image: string, plugins: readonly KubeObject[]): Promise<void> {
    const containers = plugins.map((plugin) => parse(String(at(plugin, "data", "sidecar.container"))) as JsonObject);
    const agent = {
      command: ["argoexec"],
      image,
      env: this.#environment(containers),
      volumeMounts: [
        { name: "var-run-argo", mountPath: "/var/run/argo" },
        { name: "kube-api-access-x7f2q", mountPath: TOKEN_PATH, readOnly: true },
      ],
    };
    const ownToken = ({ name }: JsonObject): object => ({
      volumeMounts: [{ name: "var-run-argo", mountPath: "/var/run/argo", readOnly: true, subPath: name }],
    });
    await this.#client.create(PODS, NAMESPACE, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${this.#name}-1340600742-agent`,
        namespace: NAMESPACE,
        labels: {
          "workflows.argoproj.io/workflow": this.#name,
          "workflows.argoproj.io/completed": "false",
          "workflows.argoproj.io/component": "agent",
        },
        ownerReferences: [{ ...this.#owner(), controller: true, blockOwnerDeletion: true }],
      },
      spec: {
        restartPolicy: "OnFailure",
        automountServiceAccountToken: false,
        // Argo takes a Secret with the account's token; to the agent it looks the same.
        volumes: [
          { name: "var-run-argo", emptyDir: {} },
          { name: "kube-api-access-x7f2q", projected: ACCOUNT },
        ],
        initContainers: [{ name: "init", args: ["agent", "init", ...LOG_OPTIONS], ...agent }],
        containers: [
          ...containers.map((container) => ({ ...container, ...ownToken(container) })),
          { name: "main", args: ["agent", "main", ...LOG_OPTIONS], ...agent },
        ],
      },
    });
  }

  /** `status.nodes`, as Argo's Go structs read it. */
  async results(): Promise<Readonly<Record<string, ArgoNodeResult>>> {
    const taskSet = await this.#client.get(WORKFLOW_TASK_SETS, { namespace: NAMESPACE, name: this.#name });
    const nodes = (at(taskSet, "status", "nodes") ?? {}) as JsonObject;
    return Object.fromEntries(Object.entries(nodes).map(([id, result]) => [id, decodeNodeResult(result)]));
  }

  async agentPod(): Promise<KubeObject> {
    return this.#client.get(PODS, { namespace: NAMESPACE, name: `${this.#name}-1340600742-agent` });
  }

  #environment(containers: readonly JsonObject[]): readonly { readonly name: string; readonly value: string }[] {
    const addresses = containers.map((container) => {
      const [port] = container["ports"] as readonly { readonly containerPort: number }[];
      return `http://localhost:${port?.containerPort ?? 0}`;
    });
    return [
      { name: "ARGO_WORKFLOW_NAME", value: this.#name },
      { name: "ARGO_WORKFLOW_UID", value: this.#uid },
      { name: "ARGO_AGENT_PATCH_RATE", value: "10s" },
      { name: "ARGO_PLUGIN_ADDRESSES", value: JSON.stringify(addresses) },
      { name: "ARGO_PLUGIN_NAMES", value: JSON.stringify(containers.map(({ name }) => name)) },
    ];
  }

  #owner() {
    return { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name: this.#name, uid: this.#uid };
  }

  async #patch(body: object, subresource?: string): Promise<void> {
    const ref = { namespace: NAMESPACE, name: this.#name };
    const options = subresource === undefined ? {} : { subresource };
    await this.#client.patch(WORKFLOW_TASK_SETS, ref, { type: "merge", body }, options);
  }
}

// Go writes the zero time of an ObjectMeta, too.
function labelled(completed: string): object {
  return { creationTimestamp: null, labels: { "workflows.argoproj.io/completed": completed } };
}

const ACCOUNT = {
  sources: [
    { serviceAccountToken: { path: "token" } },
    { configMap: { name: "kube-root-ca.crt" } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
  ],
};

/** A template as Argo's Go structs come out of JSON. */
export function argoTemplate(plugin: JsonObject, parameters: Readonly<Record<string, string>> = {}): JsonObject {
  const given = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const inputs = given.length === 0 ? {} : { parameters: given };
  return { name: "main", inputs, outputs: {}, metadata: {}, plugin };
}
