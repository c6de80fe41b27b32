import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeId, NodeStatus, WorkflowStep } from "@outrigger/types";
import { createNode } from "../nodes/create.ts";
import { outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import { continuesOn } from "./continue-on.ts";
import { hookScope, hooksOf, runHooks } from "./hooks.ts";
import type { Invocation, Surroundings } from "./invocation.ts";
import { childFailure, isSettled } from "./nodes.ts";
import { prepareCall } from "./prepare-call.ts";
import type { PreparedCall } from "./prepare-call.ts";
import { groupName, scopeBefore, stepNameOf } from "./step-scope.ts";
import type { RunningSteps } from "./step-scope.ts";

/** Starts the steps of a group or moves them on. Answers the group's node. */
export function runGroup(run: Run, running: RunningSteps, index: number): NodeStatus {
  const node = run.tree.byName(groupName(running.node, index)) ?? createGroup(run, running.node, index);
  return isFulfilled(node.phase) ? node : new StepGroup(run, { running, index, node }).advance();
}

function createGroup(run: Run, parent: NodeStatus, index: number): NodeStatus {
  const name = groupName(parent, index);
  const group = createNode(run, { name, type: "StepGroup", phase: "Running", boundary: parent.id });
  for (const id of parentsOf(run, parent, index)) run.tree.addChild(id, group.id);
  return group;
}

function parentsOf(run: Run, parent: NodeStatus, index: number): readonly NodeId[] {
  const before = index === 0 ? undefined : run.tree.byName(groupName(parent, index - 1));
  if (before === undefined) return [parent.id];
  return run.tree.hasChildren(before.id) ? outboundOf(run.tree, run.tree.childrenOf(before.id)) : [before.id];
}

interface GroupPlace {
  readonly running: RunningSteps;
  readonly index: number;
  /** The group's own node. */
  readonly node: NodeStatus;
}

/** A group that is not through, in one pass. */
class StepGroup {
  readonly #run: Run;
  readonly #place: GroupPlace;
  readonly #steps: ReadonlyMap<string, WorkflowStep>;
  #surroundings: Surroundings | undefined;

  constructor(run: Run, place: GroupPlace) {
    this.#run = run;
    this.#place = place;
    const steps = place.running.groups[place.index] ?? [];
    this.#steps = new Map(steps.map((step) => [step.name, step]));
  }

  advance(): NodeStatus {
    const { id, phase } = this.#place.node;
    const isBegun = this.#run.tree.hasChildren(id);
    const problem = isBegun && phase !== "Pending" ? undefined : this.#start();
    if (problem !== undefined) return this.#run.mark(id, "Error", problem);
    if (isBegun) this.#moveOn();
    return this.#assess(this.#run.mark(id, "Running"));
  }

  // All steps are looked at before the first one starts: a mistake in one leaves nothing half begun. What is there already stays.
  #start(): string | undefined {
    const prepared: { step: WorkflowStep; calls: readonly PreparedCall[] }[] = [];
    for (const step of this.#steps.values()) {
      const calls = prepareCall(step, this.#around().scope, this.#placeOf(step));
      if (!calls.ok) return calls.message;
      prepared.push({ step, calls: calls.value.length > 0 ? calls.value : [withoutItems(step)] });
    }
    for (const { step, calls } of prepared) for (const call of calls) this.#startStep(step, call);
    return undefined;
  }

  #startStep(step: WorkflowStep, call: PreparedCall): void {
    const { running, node } = this.#place;
    const name = `${node.name}.${call.name}`;
    if (this.#run.tree.byName(name) !== undefined) return;
    const child =
      call.kind === "run"
        ? this.#invoke(step, { nodeName: name, arguments: call.arguments })
        : createNode(this.#run, {
            name,
            type: "Skipped",
            phase: "Skipped",
            boundary: running.node.id,
            call: step,
            message: call.message,
          });
    this.#run.tree.addChild(node.id, child.id);
  }

  #moveOn(): void {
    const { tree } = this.#run;
    for (const id of tree.childrenOf(this.#place.node.id)) {
      const child = tree.byId(id);
      if (child === undefined || isSettled(child)) continue;
      const step = this.#stepOf(child);
      if (step !== undefined) this.#invoke(step, { nodeName: child.name, node: child, arguments: [] });
    }
  }

  #assess(node: NodeStatus): NodeStatus {
    let failure: string | undefined;
    if (!this.#runHooks()) return node;
    for (const id of this.#run.tree.childrenOf(node.id)) {
      const child = this.#run.tree.byId(id);
      if (child === undefined) continue;
      if (!isFulfilled(child.phase)) return node;
      if (failure !== undefined || !isFailedOrError(child.phase)) continue;
      if (!continuesOn(this.#stepOf(child), child.phase)) failure = childFailure(child);
    }
    return this.#run.mark(node.id, failure === undefined ? "Succeeded" : "Failed", failure);
  }

  // Answers whether they are through.
  #runHooks(): boolean {
    const { running, node: group } = this.#place;
    if (![...this.#steps.values()].some((step) => hooksOf(step) !== undefined)) return true;
    let done = true;
    for (const id of Array.from(this.#run.tree.childrenOf(group.id))) {
      const node = this.#run.tree.byId(id);
      const step = node === undefined ? undefined : this.#stepOf(node);
      const hooks = step === undefined ? undefined : hooksOf(step);
      if (node === undefined || step === undefined || hooks === undefined) continue;
      const around = this.#around();
      const scope = hookScope(
        "steps",
        { node, declared: this.#run.outputsOf(step, running.node.id) },
        step.name,
        around.scope,
      );
      const { invoke } = running.activation;
      const place = this.#placeOf(step);
      done = runHooks(this.#run, { node, hooks, surroundings: { ...around, scope }, place, invoke }) && done;
    }
    return done;
  }

  #invoke(step: WorkflowStep, what: Pick<Invocation, "nodeName" | "node" | "arguments">): NodeStatus {
    return this.#place.running.activation.invoke(this.#run, {
      ...what,
      call: step,
      caller: { root: "steps", name: what.nodeName.slice(this.#place.node.name.length + 1) },
      surroundings: this.#around(),
      place: this.#placeOf(step),
    });
  }

  // The same for all steps of the group.
  #around(): Surroundings {
    const { running, index } = this.#place;
    const outer = running.activation.invocation.surroundings;
    this.#surroundings ??= {
      ...outer,
      scope: scopeBefore(this.#run, running, index),
      boundary: running.node.id,
      limits: running.activation.template,
      depth: outer.depth + 1,
    };
    return this.#surroundings;
  }

  #stepOf(child: NodeStatus): WorkflowStep | undefined {
    return this.#steps.get(stepNameOf(child, this.#place.node));
  }

  #placeOf(step: WorkflowStep): string {
    const { running, index } = this.#place;
    return `${running.activation.place}.steps[${index}].${step.name}`;
  }
}

function withoutItems(step: WorkflowStep): PreparedCall {
  return { kind: "skip", name: step.name, message: "Skipped, empty params" };
}
