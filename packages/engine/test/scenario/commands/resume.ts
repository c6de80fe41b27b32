import type { Command } from "../environment.ts";

/** resume NODE: someone sets the phase of a node to Succeeded, and nothing else. */
export const resume: Command = (environment, [node = ""]) => {
  const id = environment.nodeId(node);
  environment.cluster.patch((workflow) => {
    const status = workflow["status"] as { nodes: Record<string, object> };
    const nodes = { ...status.nodes, [id]: { ...status.nodes[id], phase: "Succeeded" } };
    return { ...workflow, status: { ...status, nodes } };
  });
  return "";
};
