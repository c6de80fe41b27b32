import { TASK_CANCEL } from "@outrigger/types";
import type { InstalledPlugin } from "@outrigger/engine";
import type { JsonObject, JsonValue, Template } from "@outrigger/types";
import type { SimulatedCluster } from "./cluster.ts";

/** The plugin of the parity recordings; see test/parity/echo-plugin. */
export const ECHO: InstalledPlugin = {
  name: "echo",
  namespace: "argo",
  sidecar: {
    container: {
      name: "echo-executor-plugin",
      image: "python:alpine3.6",
      ports: [{ containerPort: 14_356 }],
      resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
      securityContext: { runAsNonRoot: true, runAsUser: 65_534 },
    },
  },
};

const FINAL = new Set(["Succeeded", "Failed", "Error", "Skipped"]);

/** An agent with the echo plugin: answers what the task tells it to. */
export class EchoAgent {
  readonly #calls = new Map<string, number>();

  /** Calls the plugin once for each open task; answers the ids of the tasks it called for. */
  work(cluster: SimulatedCluster): readonly string[] {
    const { tasks } = cluster.taskSet?.spec ?? { tasks: {} };
    const results = cluster.taskSet?.status.nodes ?? {};
    const open = (Object.entries(tasks) as [keyof typeof results, Template][]).filter(
      ([id]) => !FINAL.has(results[id]?.phase ?? ""),
    );
    for (const [id, task] of open) cluster.report(id, this.#answer(task));
    return open.map(([id]) => id);
  }

  #answer(task: Template): JsonObject {
    const cancelled = task.metadata?.annotations?.[TASK_CANCEL];
    if (cancelled !== undefined) return { phase: "Failed", message: `cancelled: ${cancelled}` };
    const echo = task.plugin?.["echo"];
    if (echo === undefined) return { phase: "Failed", message: "no plugin executed the template" };
    const told = { polls: 0, failFirst: 0, phase: "Succeeded", message: "", ...(echo as JsonObject | null) };
    const call = this.#countCall(JSON.stringify([task.name, task.inputs, echo]));
    if (call <= told.polls) return { phase: "Running", message: `poll ${call}` };
    const failed = call <= told.failFirst;
    return {
      phase: failed ? "Failed" : told.phase,
      message: failed ? `failed on call ${call}` : told.message,
      ...outputsOf(told),
    };
  }

  #countCall(key: string): number {
    const call = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, call);
    return call;
  }
}

function outputsOf(told: JsonObject): JsonObject {
  const named = Object.entries((told["outputs"] ?? {}) as JsonObject);
  const outputs: Record<string, JsonValue> = {
    ...(told["result"] === undefined ? {} : { result: told["result"] }),
    ...(named.length === 0 ? {} : { parameters: named.map(([name, value]) => ({ name, value })) }),
  };
  return Object.keys(outputs).length === 0 ? {} : { outputs };
}
