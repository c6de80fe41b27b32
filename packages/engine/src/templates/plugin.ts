import { isFulfilled } from "@outrigger/types";
import type { Inputs, JsonObject, NodeStatus, Template } from "@outrigger/types";
import { applyResult } from "../assess/result.ts";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { pluginKey } from "../plugins/keys.ts";
import type { Run } from "../run.ts";
import type { Activation, TemplateRunner } from "./invocation.ts";
import { failNode, startNode } from "./nodes.ts";
import { shutdownMessage } from "./shutdown.ts";

/** Announces the task, then waits for the agent's answer in the task set. */
export const runPlugin: TemplateRunner = (run, activation) => {
  const announced = run.announcedTask(activation.node?.id ?? run.tree.idFor(activation.invocation.nodeName));
  if (announced === undefined && !run.plugins.ok) {
    return failNode(run, activation.invocation, withoutPlugins(run.plugins.message, activation));
  }
  const node = activation.node ?? startPlugin(run, activation, announced);
  const result = run.resultOf(node.id);
  const answered = result === undefined ? node : applyResult(run, node, result, announced ?? activation.template);
  return isFulfilled(answered.phase) ? answered : wait(run, activation, answered, announced);
};

function wait(run: Run, activation: Activation, node: NodeStatus, announced: Template | undefined): NodeStatus {
  const stopped = shutdownMessage(run, activation.invocation.surroundings.onExit);
  if (stopped !== undefined) return run.mark(node.id, "Failed", stopped);
  const task = announced === undefined ? taskOf(activation) : succeeded(announced);
  if (!task.ok) return run.mark(node.id, "Error", task.message);
  const template = task.value;
  if (announced === undefined) run.newTasks.set(node.id, template);
  run.waiting.push({ id: node.id, template, message: run.resultOf(node.id)?.message });
  return node;
}

function withoutPlugins(reason: string, { template, place }: Activation): string {
  return `no plugin can run '${pluginKey(template) ?? ""}' of ${place}: ${reason}`;
}

// What the log has of this node was sent to the plugin: it wins over what would be computed now.
function startPlugin(run: Run, activation: Activation, announced: Template | undefined): NodeStatus {
  const inputs = announced === undefined ? activation.inputs : orNone(announced.inputs);
  return startNode(run, { ...activation, inputs }, "Plugin", "Pending");
}

function orNone(inputs: Inputs | undefined): Inputs | undefined {
  return inputs?.parameters === undefined || inputs.parameters.length === 0 ? undefined : inputs;
}

function taskOf({ template, inputs, scope, place }: Activation): Outcome<Template> {
  const substitution = new Substitution(scope(), "lenient");
  const { inputs: _declared, ...rest } = template;
  const written = substitution.json(rest as unknown as JsonObject, place) as unknown as Omit<Template, "inputs">;
  if (substitution.problem !== undefined) return failed(substitution.problem);
  // Plugins expect all three, be they empty.
  return succeeded({
    ...written,
    inputs: inputs ?? {},
    outputs: written.outputs ?? {},
    metadata: written.metadata ?? {},
  });
}
