import type { KubeObject, NodeStatus, Outputs } from "@outrigger/types";
import { statusOf } from "../follow-workflows.ts";

/** How a Workflow has ended. */
export interface WorkflowRun {
  /** As it was made of `generateName`. */
  readonly name: string;
  /** Succeeded, Failed or Error. */
  readonly phase: string;
  /** Empty if there is none. */
  readonly message: string;
  /** All nodes, in the order in which they began. */
  readonly nodes: readonly NodeRun[];
  /** The node of this name, as the tree shows it: `build`, `build(2:x)`. Throws if there is none; the first, if there are several. */
  node(displayName: string): NodeRun;
}

/** One node of a Workflow that has ended. */
export interface NodeRun {
  /** As the tree shows it. */
  readonly name: string;
  /** `Plugin`, `Steps`, `DAG`, `Suspend`, … */
  readonly type: string;
  /** Succeeded, Failed, Error, Skipped or Omitted. */
  readonly phase: string;
  /** Empty if there is none. */
  readonly message: string;
  /** Output parameters by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it answers as a whole: `{{steps.x.outputs.result}}`. */
  readonly result: string | undefined;
}

export function workflowRunOf(workflow: KubeObject): WorkflowRun {
  const { phase = "", message = "", nodes = {} } = statusOf(workflow);
  const began = Object.values(nodes).sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? ""));
  const runs = began.map(nodeRunOf);
  const name = workflow.metadata.name ?? "";
  return {
    name,
    phase,
    message,
    nodes: runs,
    node: (displayName) => {
      const found = runs.find((node) => node.name === displayName);
      if (found !== undefined) return found;
      const known = runs.map((node) => node.name).join(", ");
      throw new Error(`the Workflow ${name} has no node "${displayName}"; it has ${known === "" ? "none" : known}`);
    },
  };
}

function nodeRunOf({ displayName, type, phase, message = "", outputs }: NodeStatus): NodeRun {
  return { name: displayName, type, phase, message, outputs: parametersOf(outputs), result: outputs?.result };
}

function parametersOf(outputs: Outputs | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((outputs?.parameters ?? []).map(({ name, value = "" }) => [name, value]));
}
