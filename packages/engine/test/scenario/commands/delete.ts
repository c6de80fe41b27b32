import type { Command } from "../environment.ts";

/** delete: someone deletes the Workflow; it is still there for a moment. */
export const deleteWorkflow: Command = ({ cluster }) => {
  cluster.patch((workflow) => ({
    ...workflow,
    metadata: { ...(workflow["metadata"] as object), deletionTimestamp: new Date(cluster.nowMs).toISOString() },
  }));
  return "";
};
