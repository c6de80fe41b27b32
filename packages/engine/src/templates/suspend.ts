import type { NodeStatus, Outputs, Parameter } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import { isoTime, parseTime } from "../time.ts";
import type { Activation, TemplateRunner } from "./invocation.ts";
import { cutOff } from "./cut-off.ts";
import { failNode, startNode } from "./nodes.ts";
import { parseSpan } from "./span.ts";

const WAITING = "waiting";

/** Waits for its time, or until someone sets the node's phase. */
export const runSuspend: TemplateRunner = (run, activation) => {
  const duration = durationOf(activation);
  if (!duration.ok) return failNode(run, activation.invocation, duration.message);
  const node = activation.node ?? startSuspended(run, activation);
  const stopped = cutOff(run, activation.invocation.surroundings);
  if (stopped !== undefined) return run.mark(node.id, "Failed", stopped);
  if (duration.value === undefined) return wait(run, node, `${WAITING} to be resumed`);
  const dueMs = (parseTime(node.startedAt) ?? run.world.nowMs) + duration.value;
  if (dueMs <= run.world.nowMs) return resume(run, node);
  run.wakeAt(dueMs);
  return wait(run, node, `${WAITING} until ${isoTime(dueMs)}, or to be resumed`);
};

/** A node that someone else has set to its end: gives it what a node at its end has. */
export function settleByHand(run: Run, node: NodeStatus): NodeStatus {
  if (node.type !== "Suspend") return run.mark(node.id, node.phase, node.message);
  const outputs = withDefaults(node.outputs);
  if (outputs.ok) run.putOut(node.id, outputs.value);
  const isOurs = node.message?.startsWith(WAITING) === true;
  return run.mark(node.id, node.phase, isOurs ? undefined : node.message);
}

function startSuspended(run: Run, activation: Activation): NodeStatus {
  const node = startNode(run, activation, "Suspend", "Running");
  // Whoever resumes the node fills these in.
  const supplied = (activation.template.outputs?.parameters ?? []).filter(isSupplied);
  return supplied.length === 0 ? node : run.tree.change(node.id, { outputs: { parameters: supplied } });
}

function wait(run: Run, node: NodeStatus, message: string): NodeStatus {
  run.urgent ||= node.message !== message; // only the Workflow knows since when this waits
  return run.tree.change(node.id, { message });
}

function resume(run: Run, node: NodeStatus): NodeStatus {
  const outputs = withDefaults(node.outputs);
  if (!outputs.ok) return run.mark(node.id, "Error", outputs.message);
  run.putOut(node.id, outputs.value);
  return run.mark(node.id, "Succeeded");
}

function withDefaults(outputs: Outputs | undefined): Outcome<Outputs | undefined> {
  if (outputs?.parameters === undefined) return succeeded(outputs);
  const parameters: Parameter[] = [];
  for (const { valueFrom, ...parameter } of outputs.parameters) {
    const value = parameter.value ?? valueFrom?.default;
    if (value === undefined) return failed(`output parameter ${parameter.name} was not supplied and has no default`);
    parameters.push({ ...parameter, value });
  }
  return succeeded({ ...outputs, parameters });
}

/** Whoever resumes the node gives the parameter its value. */
export function isSupplied({ valueFrom }: Parameter): boolean {
  return valueFrom !== undefined && Object.hasOwn(valueFrom, "supplied");
}

function durationOf({ template, scope, place }: Activation): Outcome<number | undefined> {
  const written = template.suspend?.duration;
  if (written === undefined || written === "") return succeeded(undefined);
  const text = new Substitution(scope(), "lenient").text(written, `${place}.suspend.duration`);
  const parsed = parseSpan(text);
  return parsed === undefined
    ? failed(`${place}.suspend.duration must be seconds or a duration such as 2m, not '${text}'`)
    : succeeded(parsed);
}
