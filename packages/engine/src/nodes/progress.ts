import type { NodeId, NodeStatus, NodeType } from "@outrigger/types";
import { isProgress } from "../assess/result.ts";
import { NOTHING, add } from "./count.ts";
import type { Count } from "./count.ts";
import { Reach } from "./reach.ts";
import type { NodeTree } from "./tree.ts";

const LEAVES: ReadonlySet<NodeType> = new Set(["Plugin", "HTTP", "Suspend", "Pod", "Container"]);
const COMPLETE: ReadonlySet<string> = new Set(["Succeeded", "Skipped", "Omitted"]);

/**
 * Brings the progress of all nodes up to date; answers that of the Workflow. A leaf counts what it does. Any other node counts
 * the leaves that can be reached from it: those below it and, as in Argo, those after it.
 */
export function updateProgress(tree: NodeTree): string {
  const leaves = new Map<NodeId, Count>();
  let sum = NOTHING;
  for (const node of tree.values()) {
    if (!LEAVES.has(node.type)) continue;
    const count = leafCount(node);
    leaves.set(node.id, count);
    sum = add(sum, count);
  }
  const reach = new Reach(tree, leaves);
  for (const node of tree.values()) {
    const count = leaves.get(node.id) ?? reach.from(node);
    const progress = format(count);
    if (count.total > 0 && node.progress !== progress) tree.change(node.id, { progress });
  }
  return format(sum);
}

function leafCount({ progress, phase }: NodeStatus): Count {
  const [done = 0, total = 1] = progress !== undefined && isProgress(progress) ? progress.split("/").map(Number) : [];
  return { done: COMPLETE.has(phase) ? total : done, total };
}

function format({ done, total }: Count): string {
  return `${done}/${total}`;
}
