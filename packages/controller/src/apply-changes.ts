import { PODS, UNTRACKED, WORKFLOWS, WORKFLOW_TASK_SETS, hasReason, packStatus } from "@outrigger/kube";
import type { Clock, Informer, KubeClient } from "@outrigger/kube";
import type { Change } from "@outrigger/engine";
import { ARGO_API_VERSION, LABEL_COMPLETED, LABEL_INSTANCE_ID } from "@outrigger/types";
import type { KubeObject, OwnerReference } from "@outrigger/types";
import type { AgentPods } from "./agent-pods.ts";
import type { EventRecorder } from "./events.ts";
import { mergePatch } from "./merge-patch.ts";
import { issueToken } from "./plugin-tokens.ts";
import type { SecretFacts } from "./secret-facts.ts";
import { storeInCache } from "./store-in-cache.ts";

/** What applying a change needs. */
export interface ApplyContext {
  readonly client: KubeClient;
  readonly workflows: Informer;
  readonly taskSets: Informer;
  readonly agentPods: AgentPods;
  readonly configMaps: Informer;
  readonly events: EventRecorder;
  readonly secrets: SecretFacts;
  readonly clock: Clock;
  readonly instanceId: string | undefined;
  /** Pods, just as they stand in the cache, that we have deleted: it takes a moment until the cache says so. */
  readonly deletedPods: WeakSet<KubeObject>;
}

/** The Workflow that the changes are about, as it was read. */
export interface Subject {
  readonly workflow: KubeObject;
  readonly namespace: string;
  readonly name: string;
  /** Its task set exists. */
  readonly hasTaskSet: boolean;
}

type Apply<C extends Change> = (change: C, subject: Subject, context: ApplyContext) => Promise<void>;
type Applicable = Exclude<Change, { kind: "wakeAt" }>;
type ApplyTable = { readonly [K in Applicable["kind"]]: Apply<Extract<Applicable, { kind: K }>> };

// What is created is tracked, see UNTRACKED; with more tasks than this, a write more costs less than that.
const TRACKED_TASKS = 50;

// What each change does to the API. Every row is safe to repeat: the next reconcile may ask for the same again.
const APPLY: ApplyTable = {
  async issueToken(change, { namespace, workflow }, context) {
    await issueToken(change, { namespace, reference: ownerReference(workflow) }, context);
  },

  async announceTasks({ tasks, labels }, subject, { client, taskSets, instanceId }) {
    const { namespace, name, workflow } = subject;
    const metadata = {
      name,
      namespace,
      ownerReferences: [ownerReference(workflow)],
      labels: { ...labels, ...(instanceId === undefined ? {} : { [LABEL_INSTANCE_ID]: instanceId }) },
    };
    const make = (first: typeof tasks): Promise<KubeObject> =>
      client.create(WORKFLOW_TASK_SETS, namespace, {
        apiVersion: ARGO_API_VERSION,
        kind: WORKFLOW_TASK_SETS.kind,
        metadata,
        spec: { tasks: first },
      });
    // A task set with tasks to come is not completed: the label goes, if it is there.
    const more = { metadata: { ...UNTRACKED, labels: { [LABEL_COMPLETED]: null, ...labels } }, spec: { tasks } };
    const add = (): Promise<KubeObject> =>
      client.patch(WORKFLOW_TASK_SETS, { namespace, name }, { type: "merge", body: more });
    if (subject.hasTaskSet) return taskSets.noteWritten(await add());
    if (Object.keys(tasks).length <= TRACKED_TASKS) return taskSets.noteWritten(await make(tasks));
    await make({});
    taskSets.noteWritten(await add());
  },

  async createAgentPod({ pod }, { namespace }, { client, agentPods }) {
    agentPods.noteWritten(await client.create(PODS, namespace, pod));
  },

  async claimAgentPod({ name, resourceVersion, labels, ownerReferences }, { namespace }, { client, agentPods }) {
    const body = { metadata: { resourceVersion, labels, ownerReferences } };
    try {
      agentPods.noteWritten(await client.patch(PODS, { namespace, name }, { type: "merge", body }));
    } catch (error) {
      // It has changed since: for the next pass, it is to be seen as it is.
      if (hasReason(error, "Conflict")) agentPods.noteWritten(await client.get(PODS, { namespace, name }));
      throw error;
    }
  },

  storeInCache,

  async saveWorkflow({ status, labels, annotations }, { workflow, namespace, name }, { client, workflows }) {
    const statusPatch = mergePatch(workflow["status"] ?? {}, packStatus(workflow, status));
    const labelPatch = changedLabels(workflow.metadata.labels ?? {}, labels);
    const body = {
      // The version guards against overwriting what someone else wrote since this Workflow was read.
      metadata: {
        ...UNTRACKED,
        resourceVersion: workflow.metadata.resourceVersion,
        labels: labelPatch,
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      },
      ...(statusPatch === undefined ? {} : { status: statusPatch }),
    };
    workflows.noteWritten(await client.patch(WORKFLOWS, { namespace, name }, { type: "merge", body }));
  },

  async trimTaskSet({ nodeIds, completes }, { namespace, name }, { client, taskSets }) {
    const gone = Object.fromEntries(nodeIds.map((nodeId) => [nodeId, null]));
    const mark = completes ? { labels: { [LABEL_COMPLETED]: "true" } } : {};
    // Tasks before their results: a task without a result is one that an agent would take for open, and call again.
    const tasks = { type: "merge", body: { metadata: { ...UNTRACKED, ...mark }, spec: { tasks: gone } } } as const;
    const trimmed = await client.patch(WORKFLOW_TASK_SETS, { namespace, name }, tasks);
    if (nodeIds.length === 0) return taskSets.noteWritten(trimmed);
    const results = { type: "merge", body: { status: { nodes: gone } } } as const;
    const written = client.patch(WORKFLOW_TASK_SETS, { namespace, name }, results, { subresource: "status" });
    taskSets.noteWritten(await written);
  },

  async deleteAgentPod({ name, uid }, { namespace }, { client, agentPods, deletedPods }) {
    const pod = agentPods.get({ namespace, name });
    if (pod !== undefined && deletedPods.has(pod)) return;
    await client.delete(PODS, { namespace, name }, { uid }).catch(ignoreGone);
    if (pod?.metadata.uid === uid) deletedPods.add(pod);
  },

  async deleteWorkflow({ uid }, { namespace, name }, { client }) {
    await client.delete(WORKFLOWS, { namespace, name }, { uid }).catch(ignoreGone);
  },

  async emitEvent({ type, reason, message }, { workflow }, { events }) {
    await events.record(workflow, { type, reason, message });
  },
};

// Or another object of the same name by now.
function ignoreGone(error: unknown): void {
  if (!hasReason(error, "NotFound", "Conflict")) throw error;
}

/** Applies one change to the API. */
export function applyChange(change: Applicable, subject: Subject, context: ApplyContext): Promise<void> {
  const apply = APPLY[change.kind] as Apply<Applicable>; // the row of this very kind: see ApplyTable
  return apply(change, subject, context);
}

function changedLabels(
  current: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => (current[name] ?? null) !== value));
}

function ownerReference(workflow: KubeObject): OwnerReference {
  const { name = "", uid = "" } = workflow.metadata;
  return { apiVersion: workflow.apiVersion ?? ARGO_API_VERSION, kind: workflow.kind ?? WORKFLOWS.kind, name, uid };
}
