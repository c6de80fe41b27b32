import type { Command } from "../environment.ts";

/** tasks: what stands in the task set, the log. */
export const tasks: Command = ({ cluster }) => {
  const { spec, status } = cluster.taskSet ?? { spec: { tasks: {} }, status: { nodes: {} } };
  const nodes = cluster.status.nodes ?? {};
  const nameOf = (id: string): string => nodes[id as keyof typeof nodes]?.name ?? id;
  const lines = [
    ...Object.entries(spec.tasks).map(([id, task]) => `task ${nameOf(id)}: ${JSON.stringify(task)}`),
    ...Object.entries(status.nodes).map(([id, result]) => `result ${nameOf(id)}: ${JSON.stringify(result)}`),
  ];
  return lines.length === 0 ? "empty" : lines.sort().join("\n");
};
