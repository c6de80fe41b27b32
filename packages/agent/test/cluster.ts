import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { HttpKubeClient, SimulatedClock, WORKFLOW_TASK_SETS, readManifests } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import { startLocalCluster } from "@outrigger/local";
import type { LocalCluster } from "@outrigger/local";
import { createLogger } from "@outrigger/telemetry";
import type { CallRules, JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { startAgent } from "@outrigger/agent";
import type { Agent, AgentOptions } from "@outrigger/agent";

const CRD_FILE = join(import.meta.dirname, "../../../deploy/crds/argoproj.io_workflowtasksets.yaml");
const NAMESPACE = "default";
const NAME = "wf";
export const TOKEN = "token-of-the-test";
const WAIT_MS = 15_000;

export interface StartOptions extends Partial<AgentOptions> {
  /** By container name, where it listens. */
  readonly at: Readonly<Record<string, string>>;
  /** Of all of them. */
  readonly rules?: CallRules;
}

/** A Kubernetes API, and in it the task set of one Workflow, for as long as the test lasts. */
export class TestCluster {
  readonly client: HttpKubeClient;
  readonly api: LocalCluster;
  readonly log: Record<string, unknown>[] = [];

  private constructor(api: LocalCluster, client: HttpKubeClient) {
    this.api = api;
    this.client = client;
  }

  /** `resultSchema`: what the API keeps of a result; all of it, if left out. */
  static async start({ resultSchema }: { readonly resultSchema?: JsonObject } = {}): Promise<TestCluster> {
    const text = readFileSync(CRD_FILE, "utf8");
    const crds = readManifests(resultSchema === undefined ? text : withResultSchema(text, resultSchema), CRD_FILE);
    if (!crds.ok) throw new Error("the definition of WorkflowTaskSet cannot be read");
    const api = await startLocalCluster({ crds: crds.value.map(({ value }) => value) });
    const client = new HttpKubeClient({ connection: api.connection() });
    onTestFinished(async () => {
      client.close();
      await api.stop();
    });
    return new TestCluster(api, client);
  }

  /** An agent of the Workflow, with plugins at these addresses; stopped at the end of the test. */
  startAgent({ at, rules = {}, ...options }: StartOptions): Agent {
    const logger = createLogger({ component: "agent", level: "debug", write: (line) => this.#logged(line) });
    const agent = startAgent({
      client: this.client,
      namespace: NAMESPACE,
      workflowName: NAME,
      workflowUid: "uid-1",
      plugins: Object.entries(at).map(([name, address]) => ({
        name,
        address,
        rules,
        token: () => Promise.resolve(TOKEN),
      })),
      telemetry: { logger },
      ...options,
      limits: { drainMs: 100, ...options.limits },
    });
    onTestFinished(() => stopInTime(agent, options.clock));
    return agent;
  }

  async announce(tasks: Readonly<Record<string, JsonValue>>): Promise<void> {
    const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name: NAME, uid: "uid-1" };
    const taskSet = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTaskSet",
      metadata: { name: NAME, namespace: NAMESPACE, ownerReferences: [owner] },
      spec: { tasks },
    };
    const exists = (await this.taskSet()) !== undefined;
    if (exists) await this.patch({ spec: { tasks } });
    else await this.client.create(WORKFLOW_TASK_SETS, NAMESPACE, taskSet);
  }

  async patch(body: object, subresource?: string): Promise<void> {
    const ref = { namespace: NAMESPACE, name: NAME };
    const options = subresource === undefined ? {} : { subresource };
    await this.client.patch(WORKFLOW_TASK_SETS, ref, { type: "merge", body }, options);
  }

  async remove(): Promise<void> {
    await this.client.delete(WORKFLOW_TASK_SETS, { namespace: NAMESPACE, name: NAME });
  }

  async taskSet(): Promise<KubeObject | undefined> {
    const { items } = await this.client.list(WORKFLOW_TASK_SETS, { namespace: NAMESPACE });
    return items[0];
  }

  /** `status.nodes` */
  async results(): Promise<Readonly<Record<string, JsonObject>>> {
    const taskSet = (await this.taskSet()) as { status?: { nodes?: Record<string, JsonObject> } } | undefined;
    return taskSet?.status?.nodes ?? {};
  }

  /** Waits until the node's report is as it should be, and answers it. */
  async reported(id: string, isIt: (report: JsonObject) => boolean = isFinal): Promise<JsonObject> {
    let last: JsonObject | undefined;
    const endMs = Date.now() + WAIT_MS;
    while (Date.now() < endMs) {
      last = (await this.results())[id];
      if (last !== undefined && isIt(last)) return last;
      await pause();
    }
    throw new Error(`the report of ${id} did not become what it should; the last: ${JSON.stringify(last)}`);
  }

  /** Waits until the agent has logged it. */
  async logged(message: string): Promise<Record<string, unknown>> {
    await until(() => this.log.some(({ msg }) => msg === message));
    return this.log.find(({ msg }) => msg === message) ?? {};
  }

  #logged(line: string): void {
    this.log.push(JSON.parse(line) as Record<string, unknown>);
  }
}

// JSON is YAML, too.
function withResultSchema(crd: string, resultSchema: JsonObject): string {
  const nodes = { type: "object", additionalProperties: resultSchema };
  const status = { type: "object", properties: { nodes } };
  return crd.replace(/( {12}status:)\n[^]*$/, `$1 ${JSON.stringify(status)}\n`);
}

function isFinal({ phase }: JsonObject): boolean {
  return phase !== "Pending" && phase !== "Running";
}

/** The template of a task for the plugin that owns this key. */
export function task(key: string, input: JsonValue = {}, more: JsonObject = {}): JsonObject {
  return { name: "main", inputs: {}, outputs: {}, metadata: {}, plugin: { [key]: input }, ...more };
}

export async function until(holds: () => boolean, between: () => Promise<void> = pause): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS; !holds(); await between()) {
    if (Date.now() > endMs) throw new Error(`it did not come to hold: ${holds.toString()}`);
  }
}

/** Moves simulated time on, step by step, while real sockets do their part, until it holds. */
export function advanceUntil(clock: SimulatedClock, holds: () => boolean, stepMs = 100): Promise<void> {
  return until(holds, async () => {
    await clock.advance(stepMs);
    await pause();
  });
}

/** Stops an agent; simulated time goes on meanwhile. */
export async function stopInTime(agent: Agent, clock: Clock | undefined): Promise<void> {
  let stopped = false;
  const stopping = agent.stop().then(() => (stopped = true));
  if (clock instanceof SimulatedClock) await advanceUntil(clock, () => stopped);
  await stopping;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
