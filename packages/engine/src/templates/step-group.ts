import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeId, NodeStatus, WorkflowStep } from "@outrigger/types";
import { createNode } from "../nodes/create.ts";
import { outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import type { Argument } from "./arguments.ts";
import { continuesOn } from "./continue-on.ts";
import type { Activation } from "./invocation.ts";
import { childFailure, isSettled } from "./nodes.ts";
import { prepareCall } from "./prepare-call.ts";
import type { PreparedCall } from "./prepare-call.ts";

/** One group of a Steps template that runs. */
export interface StepGroup {
  readonly activation: Activation;
  /** The Steps node. */
  readonly node: NodeStatus;
  readonly groups: readonly (readonly WorkflowStep[])[];
  readonly index: number;
}

/** Starts the steps of a group or moves them on. Answers the group's node. */
export function runGroup(run: Run, place: StepGroup): NodeStatus {
  const group = run.tree.byName(groupName(place.node, place.index)) ?? createGroup(run, place);
  if (isFulfilled(group.phase)) return group;
  if (run.tree.hasChildren(group.id)) moveOn(run, place, group);
  else {
    const problem = start(run, place, group);
    if (problem !== undefined) return run.mark(group.id, "Error", problem);
  }
  return assess(run, place, group);
}

export function groupName(node: NodeStatus, index: number): string {
  return `${node.name}[${index}]`;
}

/** What the steps of a group see: what came before them, and what the template sees. */
export function scopeBefore(run: Run, place: StepGroup): Scope {
  const find = (name: string): CalledNode | undefined => findStep(run, place, name);
  const names = (): Iterable<string> =>
    place.groups
      .slice(0, place.index)
      .flat()
      .map(({ name }) => name);
  return layered(callsScope("steps", { find, names }), place.activation.scope);
}

function createGroup(run: Run, { node, index }: StepGroup): NodeStatus {
  const group = createNode(run, {
    name: groupName(node, index),
    type: "StepGroup",
    phase: "Running",
    boundary: node.id,
  });
  for (const parent of parentsOf(run, node, index)) run.tree.addChild(parent, group.id);
  return group;
}

function parentsOf(run: Run, node: NodeStatus, index: number): readonly NodeId[] {
  const before = index === 0 ? undefined : run.tree.byName(groupName(node, index - 1));
  if (before === undefined) return [node.id];
  return run.tree.hasChildren(before.id) ? outboundOf(run.tree, run.tree.childrenOf(before.id)) : [before.id];
}

// All steps are looked at before the first one starts: a mistake in one leaves nothing half begun.
function start(run: Run, place: StepGroup, group: NodeStatus): string | undefined {
  const scope = scopeBefore(run, place);
  const prepared: { step: WorkflowStep; calls: readonly PreparedCall[] }[] = [];
  for (const step of place.groups[place.index] ?? []) {
    const calls = prepareCall(step, scope, placeOf(place, step));
    if (!calls.ok) return calls.message;
    prepared.push({ step, calls: calls.value.length > 0 ? calls.value : [withoutItems(step)] });
  }
  for (const { step, calls } of prepared) {
    for (const call of calls) startStep(run, { place, group, scope, step }, call);
  }
  return undefined;
}

function withoutItems(step: WorkflowStep): PreparedCall {
  return { kind: "skip", name: step.name, message: "Skipped, empty params" };
}

interface StepStart {
  readonly place: StepGroup;
  readonly group: NodeStatus;
  readonly scope: Scope;
  readonly step: WorkflowStep;
}

function startStep(run: Run, { place, group, scope, step }: StepStart, call: PreparedCall): void {
  const name = `${group.name}.${call.name}`;
  const node =
    call.kind === "run"
      ? invoke(run, { place, step, name, scope, arguments: call.arguments })
      : createNode(run, {
          name,
          type: "Skipped",
          phase: "Skipped",
          boundary: place.node.id,
          templateName: step.template,
          message: call.message,
        });
  run.tree.addChild(group.id, node.id);
}

function moveOn(run: Run, place: StepGroup, group: NodeStatus): void {
  const steps = stepsByName(place);
  let scope: Scope | undefined;
  for (const id of run.tree.childrenOf(group.id)) {
    const child = run.tree.byId(id);
    const step = child === undefined ? undefined : steps.get(stepNameOf(child, group));
    if (child === undefined || step === undefined || isSettled(child)) continue;
    scope ??= scopeBefore(run, place);
    invoke(run, { place, step, name: child.name, scope, arguments: [] });
  }
}

interface StepInvocation {
  readonly place: StepGroup;
  readonly step: WorkflowStep;
  readonly name: string;
  readonly scope: Scope;
  readonly arguments: readonly Argument[];
}

function invoke(run: Run, { place, step, name, scope, ...rest }: StepInvocation): NodeStatus {
  const { surroundings } = place.activation.invocation;
  return place.activation.invoke(run, {
    nodeName: name,
    call: step,
    caller: { root: "steps", name: name.slice(groupName(place.node, place.index).length + 1) },
    arguments: rest.arguments,
    surroundings: { ...surroundings, scope, boundary: place.node.id, depth: surroundings.depth + 1 },
    place: placeOf(place, step),
  });
}

function assess(run: Run, place: StepGroup, group: NodeStatus): NodeStatus {
  const steps = stepsByName(place);
  let failure: string | undefined;
  for (const id of run.tree.childrenOf(group.id)) {
    const child = run.tree.byId(id);
    if (child === undefined) continue;
    if (!isFulfilled(child.phase)) return group;
    if (failure !== undefined || !isFailedOrError(child.phase)) continue;
    if (!continuesOn(steps.get(stepNameOf(child, group)), child.phase)) failure = childFailure(child);
  }
  return failure === undefined ? run.mark(group.id, "Succeeded") : run.mark(group.id, "Failed", failure);
}

function findStep(run: Run, { node, groups, index }: StepGroup, name: string): CalledNode | undefined {
  const at = groups.findIndex((steps) => steps.some((step) => step.name === name));
  const step = groups[at]?.find((candidate) => candidate.name === name);
  const group = step === undefined || at >= index ? undefined : run.tree.byName(groupName(node, at));
  if (step === undefined || group === undefined) return undefined;
  const declared = run.outputsOf(step);
  const single = run.tree.byName(`${group.name}.${name}`);
  if (single !== undefined) return { node: single, declared };
  return { node: group, declared, iterations: iterationsOf(run, group, name) };
}

function iterationsOf(run: Run, group: NodeStatus, name: string): readonly NodeStatus[] {
  const children = [...run.tree.childrenOf(group.id)].flatMap((id) => run.tree.byId(id) ?? []);
  return children.filter((child) => stepNameOf(child, group) === name);
}

function stepsByName({ groups, index }: StepGroup): ReadonlyMap<string, WorkflowStep> {
  return new Map((groups[index] ?? []).map((step) => [step.name, step]));
}

// `wf[0].each(1:x)` within `wf[0]` belongs to the step `each`; names of steps have no parentheses.
function stepNameOf(child: NodeStatus, group: NodeStatus): string {
  return child.name.slice(group.name.length + 1).split("(", 1)[0] ?? "";
}

function placeOf({ activation, index }: StepGroup, step: WorkflowStep): string {
  return `${activation.place}.steps[${index}].${step.name}`;
}
