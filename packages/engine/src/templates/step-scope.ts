import type { NodeStatus, WorkflowStep } from "@outrigger/types";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import type { Activation } from "./invocation.ts";

/** A Steps template that runs. */
export interface RunningSteps {
  readonly activation: Activation;
  /** The Steps node. */
  readonly node: NodeStatus;
  readonly groups: readonly (readonly WorkflowStep[])[];
}

export function groupName(node: NodeStatus, index: number): string {
  return `${node.name}[${index}]`;
}

/** `wf[0].each(1:x)` within `wf[0]` belongs to the step `each`; names of steps have no parentheses. */
export function stepNameOf(child: NodeStatus, group: NodeStatus): string {
  const start = group.name.length + 1;
  const end = child.name.indexOf("(", start);
  return end < 0 ? child.name.slice(start) : child.name.slice(start, end);
}

/** What can be seen before a group begins: the steps of earlier groups, and what the template sees. */
export function scopeBefore(run: Run, running: RunningSteps, index: number): Scope {
  const earlier = running.groups.slice(0, index);
  const find = (name: string): CalledNode | undefined => {
    // Backwards: it is nearly always the step before that is asked for, however long the chain.
    const at = earlier.findLastIndex((steps) => steps.some((step) => step.name === name));
    return at < 0 ? undefined : findStep(run, running, name, at);
  };
  const names = (): Iterable<string> => earlier.flat().map(({ name }) => name);
  return layered(callsScope("steps", { find, names }), running.activation.scope());
}

function findStep(run: Run, { node, groups }: RunningSteps, name: string, index: number): CalledNode | undefined {
  const step = groups[index]?.find((candidate) => candidate.name === name);
  const group = run.tree.byName(groupName(node, index));
  if (step === undefined || group === undefined) return undefined;
  const declared = run.outputsOf(step, node.id);
  const single = run.tree.byName(`${group.name}.${name}`);
  if (single !== undefined) return { node: single, declared };
  return { node: group, declared, iterations: iterationsOf(run, group, name) };
}

function iterationsOf(run: Run, group: NodeStatus, name: string): readonly NodeStatus[] {
  const children = Array.from(run.tree.childrenOf(group.id)).flatMap((id) => run.tree.byId(id) ?? []);
  return children.filter((child) => stepNameOf(child, group) === name);
}
