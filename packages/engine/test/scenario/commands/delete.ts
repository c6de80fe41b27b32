import type { Command } from "../environment.ts";

/** delete: someone deletes the Workflow; it is still there for a moment. */
export const deleteWorkflow: Command = ({ cluster }) => {
  cluster.deleteWorkflow();
  return "";
};
