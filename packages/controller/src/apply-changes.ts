import { PODS, UNTRACKED, WORKFLOWS, hasReason, packStatus } from "@outrigger/kube";
import type { Clock, Informer, KubeClient } from "@outrigger/kube";
import type { Change } from "@outrigger/engine";
import type { KubeObject } from "@outrigger/types";
import type { AccessReviews } from "./access-reviews.ts";
import type { AgentPods } from "./agent-pods.ts";
import type { EventRecorder } from "./events.ts";
import { mergePatch } from "./merge-patch.ts";
import { ownerReference } from "./owner-reference.ts";
import type { PackedLog, SavedNodes } from "./packed-log.ts";
import { issueToken } from "./plugin-tokens.ts";
import type { SecretFacts } from "./secret-facts.ts";
import { storeInCache } from "./store-in-cache.ts";
import { announceTasks, trimTaskSet } from "./write-task-set.ts";

/** What applying a change needs. */
export interface ApplyContext {
  readonly client: KubeClient;
  readonly workflows: Informer;
  readonly taskSets: Informer;
  readonly agentPods: AgentPods;
  readonly configMaps: Informer;
  readonly log: PackedLog;
  readonly events: EventRecorder;
  readonly secrets: SecretFacts;
  readonly accessReviews: AccessReviews;
  readonly clock: Clock;
  readonly instanceId: string | undefined;
  /** The Workflow is to be looked at once more: what we write ourselves wakes nobody. */
  readonly lookAgain: (workflow: KubeObject) => void;
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
  /** Its nodes, as they are saved. */
  readonly savedNodes: () => SavedNodes;
}

export type Apply<C extends Change> = (change: C, subject: Subject, context: ApplyContext) => Promise<void>;
type Applicable = Exclude<Change, { kind: "wakeAt" }>;
type ApplyTable = { readonly [K in Applicable["kind"]]: Apply<Extract<Applicable, { kind: K }>> };

// What each change does to the API. Every row is safe to repeat: the next reconcile may ask for the same again.
const APPLY: ApplyTable = {
  async issueToken(change, { namespace, workflow }, context) {
    await issueToken(change, { namespace, reference: ownerReference(workflow) }, context);
  },

  announceTasks,
  trimTaskSet,

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

  async deleteAgentPod({ name, uid }, { namespace }, { client, agentPods, deletedPods }) {
    const pod = agentPods.get({ namespace, name });
    if (pod !== undefined && deletedPods.has(pod)) return;
    await client.delete(PODS, { namespace, name }, { uid }).catch(ignoreGone);
    if (pod?.metadata.uid === uid) deletedPods.add(pod);
  },

  async reviewAgentRights({ serviceAccount }, { namespace }, { accessReviews }) {
    await accessReviews.review(namespace, serviceAccount);
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
