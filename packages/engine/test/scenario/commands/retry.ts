import { retriedWorkflow } from "@outrigger/engine";
import type { Command } from "../environment.ts";

/** retry [NAME=VALUE…]: someone retries the Workflow, with other arguments. Prints why that cannot be. */
export const retry: Command = ({ cluster }, words) => {
  const parameters = new Map(words.map((word) => word.split("=") as [string, string]));
  const retried = retriedWorkflow(cluster.workflow, { nowMs: cluster.nowMs, parameters });
  if (!retried.ok) return retried.message;
  cluster.patch(() => JSON.parse(JSON.stringify(retried.value)) as Record<string, unknown>);
  return "";
};
