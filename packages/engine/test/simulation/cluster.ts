import { operate } from "@outrigger/engine";
import type {
  AgentRights,
  Change,
  ConfigMapFacts,
  Draft,
  EngineConfig,
  InstalledPlugin,
  Outcome,
  World,
} from "@outrigger/engine";
import { podParser, taskSetParser, workflowParser } from "@outrigger/types";
import type { KubeObject, Pod, Result, Workflow, WorkflowSpec, WorkflowTaskSet } from "@outrigger/types";
import { applyChange, newTaskSet } from "./apply-change.ts";
import { deepFreeze, sortedCopy } from "./json.ts";

export const CONFIG: EngineConfig = {
  pluginsEnabled: true,
  workflowLevelPluginsEnabled: true,
  agentPlugins: "used",
  agentPods: "create",
  maxOpenTasks: 1_000,
  agent: {
    image: "outrigger-agent:test",
    command: ["argoexec"],
    env: {},
    cpuLimit: "100m",
    memoryLimit: "256M",
    lingerMs: 30_000,
    cancelGraceMs: 10_000,
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
  /** What the service account of the agent pod may not do. */
  lackingRights: readonly string[] = [];
  agentRights: AgentRights | undefined;
  readonly secrets = new Set<string>();
  configMaps = new Map<string, ConfigMapFacts>();
  workflowTemplates: ReadonlyMap<string, Outcome<WorkflowSpec>> = new Map();
  issuedTokens: { secretName: string; expiresAtMs: number; issuedAtMs: number }[] = [];
  readonly events: string[] = [];
  podsMade = 0;
  /** A pod that waits for such a Workflow. */
  warmPod: Pod | undefined;
  readonly objects: SimulatedObjects;
  wakeAtMs: number | undefined;

  /** A controller that has just started has none. */
  draft: { readonly of: object; readonly draft: Draft | undefined } | undefined;

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
      warmPod: this.agentPod === undefined ? this.warmPod : undefined,
      plugins: this.plugins,
      pluginNamespaces: this.pluginNamespaces,
      secrets: this.secrets,
      issuedTokens: this.issuedTokens,
      problem: this.problem,
      agentRights: this.agentRights,
      workflowTemplates: this.workflowTemplates,
      configMaps: this.configMaps,
      draft: this.draft?.of === this.objects.workflow ? this.draft.draft : undefined,
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
    const save = changes.find((change) => change.kind === "saveWorkflow");
    this.draft = save && { of: this.objects.workflow, draft: save.draft };
    const putOff = lagging && save?.urgency === "soon";
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
    applyChange(this, change);
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

  /** The Workflow is still there for a moment. */
  deleteWorkflow(): void {
    const deletionTimestamp = new Date(this.nowMs).toISOString();
    this.patch((workflow) => ({ ...workflow, metadata: { ...(workflow["metadata"] as object), deletionTimestamp } }));
  }

  setPod(change: (pod: Record<string, unknown>) => Record<string, unknown>): void {
    if (this.objects.agentPod !== undefined) this.objects.agentPod = change(this.objects.agentPod);
  }
}

function expectOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.issues.map(({ path, message }) => `${path} ${message}`).join("; "));
}
