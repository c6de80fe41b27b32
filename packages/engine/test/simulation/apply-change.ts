import type { Change } from "@outrigger/engine";
import { LABEL_COMPLETED } from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import type { SimulatedCluster, StoredTaskSet } from "./cluster.ts";
import { sortedCopy } from "./json.ts";

type Apply<K extends Change["kind"]> = (cluster: SimulatedCluster, change: Extract<Change, { kind: K }>) => void;
type ApplyTable = { readonly [K in Change["kind"]]: Apply<K> };

const APPLY: ApplyTable = {
  announceTasks({ objects, workflow }, change) {
    const before = objects.taskSet ?? newTaskSet(workflow, change.labels);
    const { [LABEL_COMPLETED]: _completed, ...labels } = before.metadata.labels;
    const tasks = sortedCopy({ ...before.spec.tasks, ...change.tasks });
    const metadata = { ...before.metadata, labels: { ...labels, ...change.labels } };
    objects.taskSet = { ...before, metadata, spec: { tasks } };
  },
  issueToken(cluster, { secretName, lifetimeMs }) {
    const others = cluster.issuedTokens.filter((token) => token.secretName !== secretName);
    const issued = { secretName, issuedAtMs: cluster.nowMs, expiresAtMs: cluster.nowMs + lifetimeMs };
    cluster.issuedTokens = [...others, issued];
    cluster.secrets.add(secretName);
  },
  createAgentPod(cluster, { pod }) {
    if (cluster.objects.agentPod !== undefined) throw new Error("the agent pod exists already");
    cluster.podsMade += 1;
    const creationTimestamp = new Date(cluster.nowMs).toISOString();
    const metadata = { ...pod.metadata, uid: `pod-${cluster.podsMade}`, creationTimestamp };
    cluster.objects.agentPod = sortedCopy({ ...pod, metadata, status: { phase: "Pending" } });
  },
  claimAgentPod(cluster, { name, labels, ownerReferences }) {
    const pod = cluster.warmPod;
    if (cluster.objects.agentPod !== undefined) throw new Error("the agent pod exists already");
    if (pod?.metadata.name !== name) throw new Error(`no pod ${name} waits`);
    const metadata = { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels }, ownerReferences };
    cluster.objects.agentPod = sortedCopy({ ...pod, metadata });
    cluster.warmPod = undefined;
  },
  storeInCache({ configMaps }, { configMap, entries }) {
    const before = configMaps.get(configMap)?.data;
    configMaps.set(configMap, { type: "Cache", data: { ...before, ...entries } });
  },
  saveWorkflow({ objects, workflow }, { status, labels, annotations }) {
    const { metadata: before } = workflow;
    const metadata = {
      ...before,
      labels: { ...before.labels, ...labels },
      annotations: { ...before.annotations, ...annotations },
    };
    objects.workflow = sortedCopy({ ...objects.workflow, metadata, status });
  },
  trimTaskSet({ objects }, { nodeIds, completes }) {
    for (const id of nodeIds) {
      delete objects.taskSet?.spec.tasks[id];
      delete objects.taskSet?.status.nodes[id];
    }
    if (completes && objects.taskSet !== undefined) objects.taskSet.metadata.labels[LABEL_COMPLETED] = "true";
  },
  deleteAgentPod(cluster, { uid }) {
    if (cluster.agentPod?.metadata.uid === uid) cluster.objects.agentPod = undefined;
  },
  reviewAgentRights(cluster) {
    cluster.agentRights = { missing: cluster.lackingRights, askedAtMs: cluster.nowMs };
  },
  deleteWorkflow(cluster) {
    cluster.deleteWorkflow();
  },
  emitEvent({ events }, { type, reason, message }) {
    events.push(`${type} ${reason}: ${message}`);
  },
  wakeAt(cluster, { timeMs }) {
    cluster.wakeAtMs = timeMs;
  },
};

export function applyChange<K extends Change["kind"]>(
  cluster: SimulatedCluster,
  change: Extract<Change, { kind: K }>,
): void {
  const apply: Apply<K> = APPLY[change.kind];
  apply(cluster, change);
}

export function newTaskSet({ metadata }: Workflow, labels: Readonly<Record<string, string>> = {}): StoredTaskSet {
  return { metadata: { name: metadata.name ?? "", labels }, spec: { tasks: {} }, status: { nodes: {} } };
}
