import type { Change } from "@outrigger/engine";
import { LABEL_AGENT } from "@outrigger/types";
import type { JsonObject, WorkflowStatus } from "@outrigger/types";

type NameOf = (nodeId: string) => string;
type Describe<K extends Change["kind"]> = (change: Extract<Change, { kind: K }>, nameOf: NameOf) => string;

const DESCRIBE: { readonly [K in Change["kind"]]: Describe<K> } = {
  announceTasks: ({ tasks, labels }, nameOf) => {
    const announced = Object.entries(tasks).map(
      ([id, task]) => `announce ${nameOf(id)}: ${JSON.stringify(task.plugin ?? task.http)}`,
    );
    const agent = labels[LABEL_AGENT] === undefined ? [] : [`the task set is for ${labels[LABEL_AGENT]}`];
    return [...announced.sort(), ...agent].join("\n");
  },
  issueToken: ({ serviceAccount, secretName }) => `issue a token of ${serviceAccount} into ${secretName}`,
  createAgentPod: ({ pod }) => `create pod ${pod.metadata.name} with ${containersOf(pod["spec"] as JsonObject)}`,
  claimAgentPod: ({ name }) => `claim pod ${name}`,
  storeInCache: ({ configMap, entries }) => `store in cache ${configMap}: ${Object.keys(entries).join(", ")}`,
  saveWorkflow: ({ urgency, status }) => `save ${urgency}: ${status.phase} ${status.progress}${quoted(status.message)}`,
  trimTaskSet: ({ nodeIds, completes }, nameOf) => {
    const trimmed = nodeIds.length === 0 ? [] : [`trim ${nodeIds.map(nameOf).sort().join(", ")}`];
    return [...trimmed, ...(completes ? ["complete the task set"] : [])].join("\n");
  },
  deleteAgentPod: ({ name, uid, reason }) => `delete pod ${name} (${uid}): ${reason}`,
  reviewAgentRights: ({ serviceAccount }) => `ask what ${serviceAccount} may do`,
  deleteWorkflow: ({ uid }) => `delete the Workflow (${uid})`,
  emitEvent: ({ type, reason, message }) => `event ${type} ${reason}: ${message}`,
  wakeAt: ({ timeMs }) => `wake at ${new Date(timeMs).toISOString().slice(11, 19)}`,
};

/** A change in one line, nodes by their names. */
export function describeChange<K extends Change["kind"]>(
  change: Extract<Change, { kind: K }>,
  nodes: WorkflowStatus["nodes"],
): string {
  const describe: Describe<K> = DESCRIBE[change.kind];
  return describe(change, (id) => nodes?.[id as keyof typeof nodes]?.name ?? id);
}

function quoted(message: string | undefined): string {
  return message === undefined ? "" : ` "${message}"`;
}

function containersOf(spec: JsonObject): string {
  return (spec["containers"] as readonly { readonly name: string }[]).map(({ name }) => name).join(", ");
}
