import type { AnnounceTasks, TrimTaskSet } from "@outrigger/engine";
import { UNTRACKED, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import {
  ANNOTATION_ANSWERED,
  ARGO_API_VERSION,
  LABEL_COMPLETED,
  LABEL_INSTANCE_ID,
  isJsonObject,
} from "@outrigger/types";
import type { KubeObject, NodeId } from "@outrigger/types";
import type { Apply, ApplyContext, Subject } from "./apply-changes.ts";
import { ownerReference } from "./owner-reference.ts";

// What is created is tracked, see UNTRACKED; with more tasks than this, a write more costs less than that.
const TRACKED_TASKS = 50;

export const announceTasks: Apply<AnnounceTasks> = async (change, subject, context) => {
  const { taskSets } = context;
  if (subject.hasTaskSet) return taskSets.noteWritten(await add(change, subject, context));
  if (Object.keys(change.tasks).length <= TRACKED_TASKS)
    return taskSets.noteWritten(await make(change, subject, context));
  await make({ ...change, tasks: {} }, subject, context);
  taskSets.noteWritten(await add(change, subject, context));
};

function make(
  { tasks, labels }: AnnounceTasks,
  { namespace, name, workflow }: Subject,
  { client, instanceId }: ApplyContext,
): Promise<KubeObject> {
  const metadata = {
    name,
    namespace,
    ownerReferences: [ownerReference(workflow)],
    labels: { ...labels, ...(instanceId === undefined ? {} : { [LABEL_INSTANCE_ID]: instanceId }) },
  };
  return client.create(WORKFLOW_TASK_SETS, namespace, {
    apiVersion: ARGO_API_VERSION,
    kind: WORKFLOW_TASK_SETS.kind,
    metadata,
    spec: { tasks },
  });
}

function add({ tasks, labels }: AnnounceTasks, subject: Subject, context: ApplyContext): Promise<KubeObject> {
  const { namespace, name } = subject;
  const { client, taskSets, log } = context;
  const present = taskSets.get({ namespace, name });
  const packing = present === undefined ? undefined : log.pack(present, subject.savedNodes());
  const body = {
    metadata: {
      ...UNTRACKED,
      // A task set with tasks to come is not completed: the label goes, if it is there.
      labels: { [LABEL_COMPLETED]: null, ...labels },
      ...(packing === undefined ? {} : { annotations: { [ANNOTATION_ANSWERED]: packing.text } }),
    },
    spec: { tasks: { ...absent(packing?.packed ?? []), ...tasks } },
  };
  return client.patch(WORKFLOW_TASK_SETS, { namespace, name }, { type: "merge", body });
}

export const trimTaskSet: Apply<TrimTaskSet> = async (change, { namespace, name, workflow }, context) => {
  const { nodeIds, completes } = change;
  const { client, taskSets, log, lookAgain } = context;
  const ref = { namespace, name };
  const present = taskSets.get(ref);
  const tasks = nodeIds.filter((id) => holds(present?.["spec"], "tasks", id));
  const results = nodeIds.filter((id) => holds(present?.["status"], "nodes", id));
  // Tasks before their results: a task without a result is one that an agent would take for open, and call again.
  if (tasks.length > 0 || completes) {
    const body = { metadata: { ...UNTRACKED, ...(completes ? COMPLETED : {}) }, spec: { tasks: absent(tasks) } };
    taskSets.noteWritten(await client.patch(WORKFLOW_TASK_SETS, ref, { type: "merge", body }));
  }
  if (results.length > 0) {
    const body = { status: { nodes: absent(results) } };
    const written = client.patch(WORKFLOW_TASK_SETS, ref, { type: "merge", body }, { subresource: "status" });
    taskSets.noteWritten(await written);
  }
  if (completes) log.forget(present?.metadata.uid ?? "");
  else if (tasks.length > 0) lookAgain(workflow); // there is room for what waits for it
};

const COMPLETED = { labels: { [LABEL_COMPLETED]: "true" }, annotations: { [ANNOTATION_ANSWERED]: null } };

function absent(ids: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(ids.map((id) => [id, null]));
}

function holds(part: unknown, field: string, id: NodeId): boolean {
  const found = isJsonObject(part) ? part[field] : undefined;
  return isJsonObject(found) && Object.hasOwn(found, id);
}
