import { isFulfilled } from "@outrigger/types";
import type { Inputs, JsonObject, NodeStatus, Template } from "@outrigger/types";
import { applyResult } from "../assess/result.ts";
import { Substitution } from "../expressions/substitute.ts";
import type { Run } from "../run.ts";
import type { Activation, TemplateRunner } from "./invocation.ts";
import { startNode } from "./nodes.ts";
import { shutdownMessage } from "./shutdown.ts";

/** Announces the task, then waits for the agent's answer in the task set. */
export const runPlugin: TemplateRunner = (run, activation) => {
  const node = activation.node ?? startPlugin(run, activation);
  const announced = run.announcedTask(node.id);
  const result = run.resultOf(node.id);
  const current = result === undefined ? node : applyResult(run, node, result, announced ?? activation.template);
  if (isFulfilled(current.phase)) return current;
  const stopped = shutdownMessage(run, activation.invocation.surroundings.onExit);
  if (stopped !== undefined) return run.mark(node.id, "Failed", stopped);
  if (announced === undefined && !run.plugins.ok) return run.mark(node.id, "Error", `${run.plugins.message}; needed by ${activation.place}`);
  const task = announced ?? taskOf(run, activation);
  if (announced === undefined) run.newTasks.set(node.id, task);
  run.waiting.push({ id: node.id, template: task, message: result?.message });
  return current;
};

function startPlugin(run: Run, activation: Activation): NodeStatus {
  // What the log has of this node was sent to the plugin: it wins over what would be computed now.
  const announced = run.announcedTask(run.tree.idFor(activation.invocation.nodeName));
  const inputs = announced === undefined ? activation.inputs : orNone(announced.inputs);
  return startNode(run, { ...activation, inputs }, "Plugin", "Pending");
}

function orNone(inputs: Inputs | undefined): Inputs | undefined {
  return inputs?.parameters === undefined || inputs.parameters.length === 0 ? undefined : inputs;
}

function taskOf(run: Run, { template, inputs, scope, place }: Activation): Template {
  const substitution = new Substitution(scope, "lenient");
  const { inputs: _declared, ...rest } = template;
  const written = substitution.json(rest as unknown as JsonObject, place) as unknown as Omit<Template, "inputs">;
  // Plugins expect all three, be they empty.
  return { ...written, inputs: inputs ?? {}, outputs: written.outputs ?? {}, metadata: written.metadata ?? {} };
}
