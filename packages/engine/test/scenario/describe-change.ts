import type { Change } from "@outrigger/engine";
import type { JsonObject, WorkflowStatus } from "@outrigger/types";

/** A change in one line, nodes by their names. */
export function describeChange(change: Change, nodes: WorkflowStatus["nodes"]): string {
  const nameOf = (id: string): string => nodes?.[id as keyof typeof nodes]?.name ?? id;
  const namesOf = (ids: readonly string[]): string => ids.map(nameOf).sort().join(", ");
  switch (change.kind) {
    case "announceTasks":
      return Object.entries(change.tasks)
        .map(([id, task]) => `announce ${nameOf(id)}: ${JSON.stringify(task.plugin)}`)
        .sort()
        .join("\n");
    case "issueToken":
      return `issue a token of ${change.serviceAccount} into ${change.secretName}`;
    case "createAgentPod":
      return `create pod ${change.pod.metadata.name} with ${containersOf(change.pod["spec"] as JsonObject)}`;
    case "saveWorkflow": {
      const { phase, progress, message } = change.status;
      return `save ${change.urgency}: ${phase} ${progress}${message === undefined ? "" : ` "${message}"`}`;
    }
    case "trimTaskSet":
      return `trim ${namesOf(change.nodeIds)}`;
    case "completeTaskSet":
      return "complete the task set";
    case "deleteAgentPod":
      return `delete pod ${change.name} (${change.uid}): ${change.reason}`;
    case "emitEvent":
      return `event ${change.type} ${change.reason}: ${change.message}`;
    case "wakeAt":
      return `wake at ${new Date(change.timeMs).toISOString().slice(11, 19)}`;
  }
}

function containersOf(spec: JsonObject): string {
  return (spec["containers"] as readonly JsonObject[]).map((container) => String(container["name"])).join(", ");
}
