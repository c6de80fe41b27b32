import { WORKFLOW_TASK_SETS } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { Environment, JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { parseGoDuration } from "@outrigger/types";
import { at } from "../../support/scripted-plugin.ts";

export interface ForeignAgentOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly env: Environment;
  readonly token: (plugin: string) => Promise<string>;
  readonly dial: (address: string) => string;
  readonly signal: AbortSignal;
}

interface Result {
  readonly phase: string;
  readonly message?: string;
  readonly outputs?: JsonValue;
  readonly progress?: string;
}

// Ten seconds in Argo. Nothing here depends on how long it is.
const FLUSH_MS = 50;

/**
 * Does what Argo's agent (v4.1: executor/agent.go) does, and nothing else: what it has seen once it never looks at again, it asks one
 * plugin after the other, and writes results now and then. It knows no annotation and no field of ours.
 */
export class ForeignAgent {
  readonly #options: ForeignAgentOptions;
  readonly #considered = new Set<string>();
  readonly #workflow: string;
  #results: Record<string, Result> = {};

  constructor(options: ForeignAgentOptions) {
    this.#options = options;
    this.#workflow = options.env["ARGO_WORKFLOW_NAME"] ?? "";
  }

  /** Resolves when the task set is completed or deleted. */
  async run(): Promise<void> {
    const ticker = setInterval(() => void this.#flush(), FLUSH_MS);
    const fieldSelector = `metadata.name=${this.#workflow}`;
    const { client, namespace, signal } = this.#options;
    try {
      // Without a version: the watch begins with what there is.
      for await (const event of client.watch(WORKFLOW_TASK_SETS, {
        namespace,
        fieldSelector,
        resourceVersion: "",
        signal,
      })) {
        if (event.type === "BOOKMARK") continue;
        if (event.type === "DELETED" || isCompleted(event.object)) return;
        const tasks = (at(event.object, "spec", "tasks") ?? {}) as JsonObject;
        for (const [id, template] of Object.entries(tasks)) this.#consider(id, template as JsonObject);
      }
    } finally {
      clearInterval(ticker);
    }
  }

  #consider(id: string, template: JsonObject): void {
    if (this.#considered.has(id)) return;
    this.#considered.add(id);
    void this.#process(id, template).catch((error: unknown) => {
      this.#results[id] = { phase: "Error", message: `error processing task: ${String(error)}` };
    });
  }

  async #process(id: string, template: JsonObject): Promise<void> {
    const reply = await this.#ask(template);
    const node = at(reply, "node") as Result | undefined;
    if (node === undefined) {
      this.#results[id] = { phase: "Failed", message: "no plugin executed the template" };
      return;
    }
    if (node.phase !== "") this.#results[id] = node;
    const requeue = at(reply, "requeue");
    const requeueMs = typeof requeue === "string" ? (parseGoDuration(requeue) ?? 0) : 0;
    if (node.phase === "Succeeded" || requeueMs === 0) return;
    setTimeout(() => {
      this.#considered.delete(id);
      this.#consider(id, template);
    }, requeueMs);
  }

  async #ask(template: JsonObject): Promise<JsonValue> {
    const { env, token, dial, namespace } = this.#options;
    const names = JSON.parse(env["ARGO_PLUGIN_NAMES"] ?? "") as readonly string[];
    const addresses = JSON.parse(env["ARGO_PLUGIN_ADDRESSES"] ?? "") as readonly string[];
    const metadata = { name: this.#workflow, namespace, uid: env["ARGO_WORKFLOW_UID"] };
    for (const [index, name] of names.entries()) {
      const response = await retried(`${dial(addresses[index] ?? "")}/api/v1/template.execute`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${await token(name)}` },
        body: JSON.stringify({ workflow: { metadata }, template }),
      });
      if (response.status === 404) continue;
      const text = await response.text();
      if (!response.ok) return { node: { phase: "Failed", message: `${response.status}: ${text}` } };
      const reply = JSON.parse(text) as JsonValue;
      if (at(reply, "node") !== undefined) return reply;
    }
    return {};
  }

  async #flush(): Promise<void> {
    const nodes = this.#results;
    if (Object.keys(nodes).length === 0) return;
    this.#results = {};
    const { client, namespace } = this.#options;
    const body = { status: { nodes } };
    const options = { subresource: "status" };
    await client.patch(WORKFLOW_TASK_SETS, { namespace, name: this.#workflow }, { type: "merge", body }, options);
  }
}

// A second at first, and twice as long before each further try, in Argo.
const TRY_AGAIN_MS = 250;

async function retried(url: string, init: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (tries === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * 2 ** tries));
    }
  }
}

function isCompleted({ metadata }: KubeObject): boolean {
  return metadata.labels?.["workflows.argoproj.io/completed"] === "true";
}
