import { describeChange } from "../describe-change.ts";
import type { Command } from "../environment.ts";

/** reconcile [lagging]: one pass, its changes applied. Lagging: saves that can wait are put off, and what comes after them. */
export const reconcile: Command = ({ cluster }, words) => {
  const changes = cluster.reconcile({ lagging: words.includes("lagging") });
  const saved = changes.find((change) => change.kind === "saveWorkflow")?.status ?? cluster.status;
  const nodes = { ...cluster.status.nodes, ...saved.nodes };
  return changes.length === 0 ? "nothing to do" : changes.map((change) => describeChange(change, nodes)).join("\n");
};
