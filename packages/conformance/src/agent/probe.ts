import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { WORKFLOW_TASK_SETS, sleep, systemClock } from "@outrigger/kube";
import { ARGO_API_VERSION, isFulfilled, taskSetParser } from "@outrigger/types";
import type { CallRules, JsonObject, JsonValue, NodeResult, WorkflowTaskSet } from "@outrigger/types";
import type { Step } from "../case.ts";
import type { Recording } from "../run-cases.ts";
import { ScriptedPlugin } from "./scripted-plugin.ts";
import type { Script, ScriptedPluginOptions } from "./scripted-plugin.ts";
import type { AgentPlugin, AgentSubject, AgentTiming, RunningAgent } from "./subject.ts";

const LOOK_AGAIN_MS = 5;

/** The agent of one Workflow, its task set and its plugins, for the length of one case. */
export class AgentProbe implements Recording {
  readonly #subject: AgentSubject;
  readonly #name: string;
  readonly #plugins: ScriptedPlugin[] = [];
  readonly #known: AgentPlugin[] = [];
  #agent: RunningAgent | undefined;
  #announced = false;

  constructor(subject: AgentSubject, name: string) {
    this.#subject = subject;
    this.#name = name;
  }

  get steps(): readonly Step[] {
    return this.#plugins.flatMap(({ steps }) => steps);
  }

  get timing(): AgentTiming {
    return this.#subject.timing;
  }

  get workflow(): { readonly name: string; readonly namespace: string; readonly uid: string } {
    return { name: this.#name, namespace: this.#subject.namespace, uid: `uid-of-${this.#name}` };
  }

  tokenOf(plugin: string): string {
    return `token-of-${plugin}`;
  }

  /** Starts a plugin, and makes it known to the agent that is started after it. */
  async plugin(
    name: string,
    script: Script,
    { rules = {}, ...more }: Omit<ScriptedPluginOptions, "script"> & { readonly rules?: CallRules } = {},
  ): Promise<ScriptedPlugin> {
    const plugin = await ScriptedPlugin.start({ ...more, script });
    this.#plugins.push(plugin);
    this.#know(name, plugin.port, rules);
    return plugin;
  }

  /** Makes a plugin known that does not listen yet; the answer starts it. */
  async latePlugin(name: string, script: Script): Promise<() => Promise<ScriptedPlugin>> {
    const port = await freePort();
    this.#know(name, port, {});
    return async () => {
      const plugin = await ScriptedPlugin.start({ script, port });
      this.#plugins.push(plugin);
      return plugin;
    };
  }

  /** Announces tasks, by node, and sees to it that an agent runs. */
  async announce(tasks: Readonly<Record<string, JsonValue>>): Promise<void> {
    const { client, namespace } = this.#subject;
    const { name, uid } = this.workflow;
    const spec = { tasks };
    const ownerReferences = [{ apiVersion: ARGO_API_VERSION, kind: "Workflow", name, uid }];
    const body = {
      apiVersion: ARGO_API_VERSION,
      kind: "WorkflowTaskSet",
      metadata: { name, namespace, ownerReferences },
      spec,
    };
    if (this.#announced) await client.patch(WORKFLOW_TASK_SETS, { namespace, name }, { type: "merge", body: { spec } });
    else await client.create(WORKFLOW_TASK_SETS, namespace, body);
    this.#announced = true;
    this.#agent ??= await this.#start();
  }

  /** Stops the agent, and starts another. */
  async restart(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = await this.#start();
  }

  /** Waits until a node has a result, or one that looks like this. */
  async result(
    id: string,
    isIt: (result: NodeResult) => boolean = ({ phase }) => isFulfilled(phase),
  ): Promise<NodeResult> {
    let last: NodeResult | undefined;
    await this.until(`a result of ${id}`, async () => {
      last = (await this.results())[id];
      return last !== undefined && isIt(last);
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : ""}; the last was ${JSON.stringify(last)}`, {
        cause: error,
      });
    });
    return last ?? { phase: "Error" };
  }

  /** What stands in the task set. */
  async results(): Promise<Readonly<Record<string, NodeResult>>> {
    const { client } = this.#subject;
    const { name, namespace } = this.workflow;
    const taskSet = taskSetParser(await client.get(WORKFLOW_TASK_SETS, { namespace, name }), "");
    const nodes: WorkflowTaskSet["status"]["nodes"] = taskSet.ok ? taskSet.value.status.nodes : {};
    return nodes;
  }

  /** Waits until it holds; throws an error that says what did not come. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const { patienceMs } = this.timing;
    for (const endMs = Date.now() + patienceMs; !(await holds()); await sleep(systemClock, LOOK_AGAIN_MS)) {
      if (Date.now() > endMs) throw new Error(`${what} did not come within ${patienceMs} ms`);
    }
  }

  async end(): Promise<void> {
    const { client } = this.#subject;
    const { name, namespace } = this.workflow;
    await this.#agent?.stop();
    if (this.#announced) await client.delete(WORKFLOW_TASK_SETS, { namespace, name });
    await Promise.all(this.#plugins.map((plugin) => plugin.stop()));
  }

  #know(name: string, port: number, rules: CallRules): void {
    this.#known.push({ name, address: `http://localhost:${port}`, token: this.tokenOf(name), rules });
  }

  #start(): Promise<RunningAgent> {
    const { name: workflowName, uid: workflowUid } = this.workflow;
    return this.#subject.start({ workflowName, workflowUid, plugins: this.#known });
  }
}

/** The template of a task for the plugin that owns this key. */
export function task(key: string, more: JsonObject = {}): JsonObject {
  return { name: "main", inputs: {}, outputs: {}, metadata: {}, plugin: { [key]: {} }, ...more };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
