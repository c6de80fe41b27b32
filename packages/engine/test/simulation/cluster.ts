import { LABEL_COMPLETED, podParser, taskSetParser, workflowParser } from "@outrigger/types";
import type { KubeObject, Pod, Result, Workflow, WorkflowTaskSet } from "@outrigger/types";
import { operate } from "@outrigger/engine";
import type { Change, EngineConfig, InstalledPlugin, World } from "@outrigger/engine";
import { deepFreeze, sortedCopy } from "./json.ts";

export const CONFIG: EngineConfig = {
  pluginsEnabled: true,
  workflowLevelPluginsEnabled: true,
  agentPlugins: "used",
  agent: {
    image: "outrigger-agent:test",
    command: ["argoexec"],
    env: {},
    cpuLimit: "100m",
    memoryLimit: "256M",
    lingerMs: 30_000,
  },
};

export interface SimulatedObjects {
  workflow: Record<string, unknown>;
  taskSet: StoredTaskSet | undefined;
  agentPod: Record<string, unknown> | undefined;
}

export interface StoredTaskSet {
  metadata: { name: string; labels: Record<string, string> };
  spec: { tasks: Record<string, unknown> };
  status: { nodes: Record<string, Record<string, unknown>> };
}

export const START_MS = Date.UTC(2026, 10, 23, 9, 0, 0);

/**
 * The part of a cluster that the engine sees, without a cluster: three objects and a clock that stands still. Applies changes as a
 * controller does, and stores objects as an API server does: as JSON, in an order of its own.
 */
export class SimulatedCluster {
  nowMs = START_MS;
  config: EngineConfig = CONFIG;
  plugins: readonly InstalledPlugin[] = [];
  pluginNamespaces: readonly string[] = ["default", "argo"];
  problem: string | undefined;
  readonly secrets = new Set<string>();
  issuedTokens: { secretName: string; expiresAtMs: number; issuedAtMs: number }[] = [];
  readonly events: string[] = [];
  readonly objects: SimulatedObjects;
  wakeAtMs: number | undefined;
  saves = 0;
  #pods = 0;

  constructor(workflow: KubeObject) {
    this.objects = {
      workflow: {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Workflow",
        ...workflow,
        metadata: {
          namespace: "default",
          uid: "uid-1",
          creationTimestamp: new Date(START_MS).toISOString(),
          ...workflow.metadata,
        },
      },
      taskSet: undefined,
      agentPod: undefined,
    };
  }

  get workflow(): Workflow {
    return expectOk(workflowParser(this.objects.workflow, ""));
  }

  get status(): NonNullable<Workflow["status"]> {
    return this.workflow.status ?? {};
  }

  get taskSet(): WorkflowTaskSet | undefined {
    return this.objects.taskSet === undefined ? undefined : expectOk(taskSetParser(this.objects.taskSet, ""));
  }

  get agentPod(): Pod | undefined {
    return this.objects.agentPod === undefined ? undefined : expectOk(podParser(this.objects.agentPod, ""));
  }

  get world(): World {
    return {
      nowMs: this.nowMs,
      taskSet: this.taskSet,
      agentPod: this.agentPod,
      plugins: this.plugins,
      pluginNamespaces: this.pluginNamespaces,
      secrets: this.secrets,
      issuedTokens: this.issuedTokens,
      problem: this.problem,
      config: this.config,
    };
  }

  /** One pass over frozen input, nothing applied. */
  decide(): readonly Change[] {
    return operate(deepFreeze(this.workflow), deepFreeze(this.world));
  }

  /** One pass, applied. `lagging`: saves that are not urgent are put off, and with them what comes after. */
  reconcile({ lagging = false } = {}): readonly Change[] {
    const changes = this.decide();
    this.wakeAtMs = undefined;
    const putOff = lagging && changes.some((change) => change.kind === "saveWorkflow" && change.urgency === "soon");
    for (const change of changes)
      if (!putOff || change.order === "before" || change.kind === "wakeAt") this.apply(change);
    return changes;
  }

  /** Passes until one changes nothing any more. */
  settle(): void {
    for (let pass = 0; pass < 20; pass += 1) {
      const changes = this.reconcile();
      if (changes.every(({ kind }) => kind === "wakeAt")) return;
    }
    throw new Error("the Workflow never settles");
  }

  apply(change: Change): void {
    const { objects } = this;
    switch (change.kind) {
      case "announceTasks": {
        const before = objects.taskSet ?? newTaskSet(this.workflow);
        const { [LABEL_COMPLETED]: _completed, ...labels } = before.metadata.labels;
        const tasks = sortedCopy({ ...before.spec.tasks, ...change.tasks });
        objects.taskSet = { ...before, metadata: { ...before.metadata, labels }, spec: { tasks } };
        return;
      }
      case "issueToken": {
        const others = this.issuedTokens.filter(({ secretName }) => secretName !== change.secretName);
        const { secretName, lifetimeMs } = change;
        this.issuedTokens = [...others, { secretName, issuedAtMs: this.nowMs, expiresAtMs: this.nowMs + lifetimeMs }];
        this.secrets.add(secretName);
        return;
      }
      case "createAgentPod": {
        if (objects.agentPod !== undefined) throw new Error("the agent pod exists already");
        this.#pods += 1;
        const creationTimestamp = new Date(this.nowMs).toISOString();
        const metadata = { ...change.pod.metadata, uid: `pod-${this.#pods}`, creationTimestamp };
        objects.agentPod = sortedCopy({ ...change.pod, metadata, status: { phase: "Pending" } });
        return;
      }
      case "saveWorkflow": {
        this.saves += 1;
        const metadata = { ...this.workflow.metadata, labels: { ...this.workflow.metadata.labels, ...change.labels } };
        objects.workflow = sortedCopy({ ...objects.workflow, metadata, status: change.status });
        return;
      }
      case "trimTaskSet":
        for (const id of change.nodeIds) {
          delete objects.taskSet?.spec.tasks[id];
          delete objects.taskSet?.status.nodes[id];
        }
        return;
      case "completeTaskSet":
        if (objects.taskSet !== undefined) objects.taskSet.metadata.labels[LABEL_COMPLETED] = "true";
        return;
      case "deleteAgentPod":
        if (this.agentPod?.metadata.uid === change.uid) objects.agentPod = undefined;
        return;
      case "emitEvent":
        this.events.push(`${change.type} ${change.reason}: ${change.message}`);
        return;
      case "wakeAt":
        this.wakeAtMs = change.timeMs;
    }
  }

  /** What an agent writes of one task: merged over what it wrote before, empty messages left out. */
  report(nodeId: string, result: Readonly<Record<string, unknown>>): void {
    const taskSet = this.objects.taskSet ?? newTaskSet(this.workflow);
    this.objects.taskSet = taskSet;
    const { message, ...rest } = result;
    taskSet.status.nodes[nodeId] = {
      ...taskSet.status.nodes[nodeId],
      ...rest,
      ...(message === undefined || message === "" ? {} : { message }),
    };
  }

  /** Someone edits the Workflow. */
  patch(change: (workflow: Record<string, unknown>) => Record<string, unknown>): void {
    this.objects.workflow = sortedCopy(change(this.objects.workflow));
  }

  setPod(change: (pod: Record<string, unknown>) => Record<string, unknown>): void {
    if (this.objects.agentPod !== undefined) this.objects.agentPod = change(this.objects.agentPod);
  }
}

function newTaskSet({ metadata }: Workflow): StoredTaskSet {
  return { metadata: { name: metadata.name ?? "", labels: {} }, spec: { tasks: {} }, status: { nodes: {} } };
}

function expectOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.issues.map(({ path, message }) => `${path} ${message}`).join("; "));
}
