import { isFulfilled } from "@outrigger/types";
import type { NodeResult, NodeStatus, Outputs, Parameter, Template } from "@outrigger/types";
import type { Run } from "../run.ts";

const PROGRESS = /^(\d+)\/(\d+)$/;

/** Brings what the agent reported of a task into its node. */
export function applyResult(run: Run, node: NodeStatus, result: NodeResult, template: Template): NodeStatus {
  const { phase, message, outputs } = result;
  const ended = isFulfilled(phase);
  run.putOut(node.id, phase === "Succeeded" ? asDeclared(outputs, template) : outputs);
  return run.tree.change(node.id, {
    phase,
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

// What the template says of an output that the plugin knows nothing of: its global name, and a default where it is left out.
export function asDeclared(outputs: Outputs | undefined, template: Template): Outputs | undefined {
  const declared = template.outputs?.parameters ?? [];
  if (declared.length === 0) return outputs;
  const globalNames = new Map(declared.map(({ name, globalName }) => [name, globalName]));
  const given = (outputs?.parameters ?? []).map((parameter) => named(parameter, globalNames.get(parameter.name)));
  const missing = declared.flatMap(({ name, globalName, valueFrom }) =>
    given.some((parameter) => parameter.name === name) || valueFrom?.default === undefined
      ? []
      : [named({ name, value: valueFrom.default }, globalName)],
  );
  const parameters = [...given, ...missing];
  return parameters.length === 0 ? outputs : { ...outputs, parameters };
}

function named(parameter: Parameter, globalName: string | undefined): Parameter {
  return globalName === undefined ? parameter : { ...parameter, globalName };
}
