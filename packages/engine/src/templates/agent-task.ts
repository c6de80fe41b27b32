import {
  ANNOTATION_RETRIES,
  TASK_ATTEMPT,
  TASK_DEADLINE,
  TASK_NODE_NAME,
  isFailedOrError,
  isFulfilled,
  retriesOf,
} from "@outrigger/types";
import type { Inputs, JsonObject, NodeStatus, Template, TemplateMetadata } from "@outrigger/types";
import { applyResult } from "../assess/result.ts";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { pluginKey } from "../plugins/keys.ts";
import type { Run } from "../run.ts";
import { exactTime } from "../time.ts";
import { cancelTask, cancelledMessage } from "./cancel.ts";
import { cutOff } from "./cut-off.ts";
import type { Activation, TemplateRunner } from "./invocation.ts";
import { failNode, startNode } from "./nodes.ts";

type TaskNode = "Plugin" | "HTTP";

export const runPlugin: TemplateRunner = (run, activation) => runTask(run, activation, "Plugin");

/** A request that the agent makes itself. */
export const runHttp: TemplateRunner = (run, activation) => runTask(run, activation, "HTTP");

/** Announces the task, then waits for the agent's answer in the task set. */
function runTask(run: Run, activation: Activation, type: TaskNode): NodeStatus {
  const announced = run.announcedTask(activation.node?.id ?? run.tree.idFor(activation.invocation.nodeName));
  if (announced === undefined && !run.plugins.ok) {
    return failNode(run, activation.invocation, withoutAgent(run.plugins.message, activation));
  }
  const node = activation.node ?? startTask(run, activation, announced, type);
  const result = run.resultOf(node.id);
  const answered = result === undefined ? node : applyResult(run, node, result, announced ?? activation.template);
  if (isFulfilled(answered.phase)) return ended(run, answered, announced);
  const reason = cutOff(run, activation.invocation.surroundings);
  return reason === undefined
    ? wait(run, activation, answered, announced)
    : cancelTask(run, answered, announced, reason);
}

// Work that was done before the news reached it is done.
function ended(run: Run, node: NodeStatus, announced: Template | undefined): NodeStatus {
  if (!isFailedOrError(node.phase)) return node;
  return run.tree.change(node.id, { message: cancelledMessage(announced, node.message) });
}

function wait(run: Run, activation: Activation, node: NodeStatus, announced: Template | undefined): NodeStatus {
  const known = announced ?? run.announcements.tasks.get(node.id);
  const task = known === undefined ? announce(run, activation, node) : succeeded(known);
  if (!task.ok) return run.mark(node.id, "Error", task.message);
  run.waiting.push({ id: node.id, template: task.value, message: run.resultOf(node.id)?.message });
  return node;
}

function announce(run: Run, activation: Activation, { id }: NodeStatus): Outcome<Template> {
  const task = taskOf(run, activation);
  return task.ok ? run.announcements.add(id, task.value) : task;
}

function withoutAgent(reason: string, { template, place }: Activation): string {
  const key = pluginKey(template);
  return key === undefined
    ? `no agent can make the request of ${place}: ${reason}`
    : `no plugin can run '${key}' of ${place}: ${reason}`;
}

// What the log has of this node was sent to the agent: it wins over what would be computed now.
function startTask(run: Run, activation: Activation, announced: Template | undefined, type: TaskNode): NodeStatus {
  const inputs = announced === undefined ? activation.inputs : orNone(announced.inputs);
  return startNode(run, { ...activation, inputs }, type, "Pending");
}

function orNone(inputs: Inputs | undefined): Inputs | undefined {
  return inputs?.parameters === undefined || inputs.parameters.length === 0 ? undefined : inputs;
}

function taskOf(run: Run, activation: Activation): Outcome<Template> {
  const { template, inputs, scope, place } = activation;
  const substitution = new Substitution(scope(), "lenient");
  const { inputs: _declared, ...rest } = template;
  const written = substitution.json(rest as unknown as JsonObject, place) as unknown as Omit<Template, "inputs">;
  if (substitution.problem !== undefined) return failed(substitution.problem);
  // Plugins expect all three, be they empty.
  return succeeded({
    ...written,
    inputs: inputs ?? {},
    outputs: written.outputs ?? {},
    metadata: metadataOf(run, written.metadata, activation),
  });
}

// What the agent is told beside the template: ADR 0008.
function metadataOf(run: Run, metadata: TemplateMetadata = {}, { attempt, invocation }: Activation): TemplateMetadata {
  const { deadline } = invocation.surroundings;
  const retries = retriesOf(run.workflow.metadata);
  const told = {
    ...(run.hasLimits ? { [TASK_NODE_NAME]: invocation.nodeName } : {}),
    ...(attempt === undefined ? {} : { [TASK_ATTEMPT]: String(attempt) }),
    ...(retries === 0 ? {} : { [ANNOTATION_RETRIES]: String(retries) }),
    ...(deadline === undefined ? {} : { [TASK_DEADLINE]: exactTime(deadline.atMs) }),
  };
  return Object.keys(told).length === 0 ? metadata : { ...metadata, annotations: { ...metadata.annotations, ...told } };
}
