import { isFulfilled } from "@outrigger/types";
import type { NodeResult, NodeStatus, Outputs, Template } from "@outrigger/types";
import type { Run } from "../run.ts";

const PROGRESS = /^(\d+)\/(\d+)$/;

/** Brings what the agent reported of a task into its node. */
export function applyResult(run: Run, node: NodeStatus, result: NodeResult, template: Template): NodeStatus {
  const { phase, message, outputs } = result;
  const ended = isFulfilled(phase);
  return run.tree.change(node.id, {
    phase,
    outputs: phase === "Succeeded" ? withDeclaredDefaults(outputs, template) : outputs,
    ...(isProgress(result.progress) ? { progress: result.progress } : {}),
    // While a node waits, its message says for what: see superviseAgent.
    ...(ended ? { message: message === "" ? undefined : message, finishedAt: run.now } : {}),
  });
}

/** `3/10`: no more done than there is. */
export function isProgress(text: string | undefined): boolean {
  const match = PROGRESS.exec(text ?? "");
  return match !== null && Number(match[2]) > 0 && Number(match[1]) <= Number(match[2]);
}

// An output that the template declares with a default, and the plugin left out.
function withDeclaredDefaults(outputs: Outputs | undefined, template: Template): Outputs | undefined {
  const declared = template.outputs?.parameters ?? [];
  if (declared.length === 0) return outputs;
  const given = new Set((outputs?.parameters ?? []).map(({ name }) => name));
  const missing = declared.flatMap(({ name, valueFrom }) =>
    given.has(name) || valueFrom?.default === undefined ? [] : [{ name, value: valueFrom.default }],
  );
  return missing.length === 0 ? outputs : { ...outputs, parameters: [...(outputs?.parameters ?? []), ...missing] };
}
