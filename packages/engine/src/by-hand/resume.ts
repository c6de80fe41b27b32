import { isFulfilled } from "@outrigger/types";
import type { NodeStatus, Outputs, Parameter, Workflow } from "@outrigger/types";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { isSupplied } from "../templates/suspend.ts";

/** What is to become of steps that wait to be resumed. */
export interface SuspendDecision {
  /** Which one: its name as the tree shows it, its full name or its id. Undefined: all of them, and the Workflow if it is held back. */
  readonly node: string | undefined;
  readonly phase: "Succeeded" | "Failed";
  readonly message?: string | undefined;
  /** What it puts out, for `valueFrom.supplied`. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** A Workflow in which someone has decided on steps that wait for it. The controller gives these nodes what nodes at their end have. */
export function decideSuspended(workflow: Workflow, decision: SuspendDecision): Outcome<Workflow> {
  const { status = {}, spec } = workflow;
  if (isFulfilled(status.phase)) return failed(`it has ended: ${status.phase}`);
  const waiting = Object.values(status.nodes ?? {}).filter(isWaiting);
  const chosen = choose(waiting, decision.node);
  if (!chosen.ok) return chosen;
  const isHeldBack = spec.suspend === true && decision.node === undefined;
  if (chosen.value.length === 0 && !isHeldBack) return failed("nothing in it waits to be resumed");
  const nodes = decideAll(chosen.value, decision);
  if (!nodes.ok) return nodes;
  const { suspend: _suspend, ...going } = spec;
  return succeeded({
    ...workflow,
    spec: isHeldBack ? going : spec,
    status: { ...status, nodes: { ...status.nodes, ...nodes.value } },
  });
}

function isWaiting({ type, phase }: NodeStatus): boolean {
  return type === "Suspend" && !isFulfilled(phase);
}

function choose(waiting: readonly NodeStatus[], wanted: string | undefined): Outcome<readonly NodeStatus[]> {
  if (wanted === undefined) return succeeded(waiting);
  const names = ({ id, name, displayName }: NodeStatus): readonly string[] => [id, name, displayName];
  const found = waiting.filter((node) => names(node).includes(wanted));
  if (found.length === 1) return succeeded(found);
  const known = (found.length > 1 ? found : waiting).map(({ name }) => name).join(", ");
  if (found.length > 1) return failed(`several steps are called ${wanted}: say which by its full name, ${known}`);
  return failed(`no step ${wanted} waits to be resumed; ${known === "" ? "none does" : `those that do: ${known}`}`);
}

function decideAll(
  nodes: readonly NodeStatus[],
  decision: SuspendDecision,
): Outcome<Readonly<Record<string, NodeStatus>>> {
  const decided: Record<string, NodeStatus> = {};
  for (const node of nodes) {
    const outputs = outputsOf(node, decision);
    if (!outputs.ok) return failed(`step ${node.displayName} ${outputs.message}`);
    const { phase, message = node.message } = decision;
    decided[node.id] = {
      ...node,
      phase,
      ...(message === undefined ? {} : { message }),
      ...(outputs.value === undefined ? {} : { outputs: outputs.value }),
    };
  }
  return succeeded(decided);
}

function outputsOf({ outputs }: NodeStatus, decision: SuspendDecision): Outcome<Outputs | undefined> {
  const parameters = outputs?.parameters ?? [];
  const known = parameters.filter(isSupplied).map(({ name }) => name);
  const unknown = [...decision.outputs.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const takes = known.length === 0 ? "it takes none" : `it takes ${known.join(", ")}`;
    return failed(`takes no output parameter ${unknown}; ${takes}`);
  }
  if (decision.phase === "Failed" || known.length === 0) return succeeded(outputs);
  const given = parameters.map((parameter) => supply(parameter, decision.outputs));
  const missing = given.find(({ value }) => value === undefined);
  if (missing !== undefined) return failed(`puts out ${missing.name}, which has no default: give it a value`);
  return succeeded({ ...outputs, parameters: given });
}

function supply(parameter: Parameter, values: SuspendDecision["outputs"]): Parameter {
  if (!isSupplied(parameter)) return parameter;
  const { valueFrom, ...rest } = parameter;
  const value = values.get(parameter.name) ?? valueFrom?.default;
  return value === undefined ? rest : { ...rest, value };
}
