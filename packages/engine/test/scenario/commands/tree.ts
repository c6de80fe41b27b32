import type { NodeStatus, Outputs } from "@outrigger/types";
import type { Command } from "../environment.ts";

/** tree: the Workflow and its nodes as they are saved, each below the node that it is part of. */
export const tree: Command = ({ cluster }) => {
  const { phase, progress, message, nodes = {} } = cluster.status;
  const all = Object.values(nodes);
  const below = (boundary: string | undefined, indent: string): string[] =>
    all
      .filter((node) => node.boundaryID === boundary)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((node) => [indent + describeNode(node), ...below(node.id, `${indent}  `)]);
  return [
    `Workflow ${phase} ${progress}${message === undefined ? "" : ` "${message}"`}`,
    ...below(undefined, "  "),
  ].join("\n");
};

function describeNode({ displayName, type, phase, progress, message, inputs, outputs }: NodeStatus): string {
  const parts = [
    `${displayName} (${type}) ${phase}`,
    progress,
    message === undefined ? undefined : `"${message}"`,
    valuesOf("in", inputs),
    valuesOf("out", outputs),
  ];
  return parts.filter((part) => part !== undefined).join(" ");
}

function valuesOf(label: string, values: Outputs | undefined): string | undefined {
  const parameters = (values?.parameters ?? []).map(({ name, value }) => `${name}=${value ?? "?"}`);
  const all = values?.result === undefined ? parameters : [...parameters, `result=${values.result}`];
  return all.length === 0 ? undefined : `${label}[${all.join(", ")}]`;
}
