import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeId, NodePhase, NodeStatus } from "@outrigger/types";
import { ancestorsOf } from "../dag/compile.ts";
import type { CompiledTask } from "../dag/compile.ts";
import { createNode } from "../nodes/create.ts";
import { calledBy, outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { cutOff } from "./cut-off.ts";
import { isDependsMet } from "./dag-depends.ts";
import { findTask, taskNode } from "./dag-nodes.ts";
import type { RunningDag } from "./dag-nodes.ts";
import { hookScope, hooksOf, runHooks } from "./hooks.ts";
import type { Hooked } from "./hooks.ts";
import type { Invocation, Surroundings } from "./invocation.ts";
import { isLoop } from "./loops.ts";
import { isSettled } from "./nodes.ts";
import { prepareCall } from "./prepare-call.ts";
import type { PreparedCall } from "./prepare-call.ts";

/** Starts a task if its time has come, or moves it on. Its dependencies have had their turn in this pass. */
export function runTask(run: Run, running: RunningDag, compiled: CompiledTask): void {
  const node = taskNode(run, running, compiled.task.name);
  const hooks = hooksOf(compiled.task);
  if (node !== undefined && isSettled(node) && hooks === undefined) return;
  const task = new TaskRun(run, running, compiled);
  if (node === undefined || !isSettled(node)) task.advance(node);
  if (hooks !== undefined) task.runHooks(hooks);
}

/** A task that is not through, in one pass. */
class TaskRun {
  readonly #run: Run;
  readonly #running: RunningDag;
  readonly #compiled: CompiledTask;
  #surroundings: Surroundings | undefined;

  constructor(run: Run, running: RunningDag, compiled: CompiledTask) {
    this.#run = run;
    this.#running = running;
    this.#compiled = compiled;
  }

  advance(node: NodeStatus | undefined): void {
    if (node === undefined) this.#startWhenReady();
    else if (node.type === "TaskGroup") this.#moveGroupOn(node);
    else this.#invoke({ nodeName: node.name, node, arguments: [] });
  }

  runHooks(hooks: Hooked["hooks"]): void {
    const { task } = this.#compiled;
    const called = findTask(this.#run, this.#running, task.name);
    if (called === undefined) return;
    const around = this.#around();
    const scope = hookScope("tasks", called, task.name, around.scope);
    const { invoke } = this.#running.activation;
    const surroundings = { ...around, scope };
    const done = runHooks(this.#run, { node: called.node, hooks, surroundings, place: this.#place, invoke });
    if (!done) this.#running.busy.add(task.name);
  }

  #startWhenReady(): void {
    const { dependencies, depends } = this.#compiled;
    const awaited = dependencies.map((name) => taskNode(this.#run, this.#running, name));
    if (awaited.some((node) => node === undefined || !isFulfilled(node.phase))) return;
    if (dependencies.some((name) => this.#running.busy.has(name))) return;
    if (cutOff(this.#run, this.#running.activation.invocation.surroundings) !== undefined) return;
    const parents = this.#parentsOf(awaited);
    if (depends === undefined || isDependsMet(this.#run, this.#running, depends)) this.#start(parents);
    else this.#endAtOnce(parents, "Omitted", "omitted: depends condition not met");
  }

  #start(parents: readonly NodeId[]): void {
    const { task } = this.#compiled;
    const prepared = prepareCall(task, this.#around().scope, this.#place);
    if (!prepared.ok) return this.#endAtOnce(parents, "Error", prepared.message);
    const [first] = prepared.value;
    if (first === undefined) return this.#endAtOnce(parents, "Skipped", "Skipped, empty params");
    if (isLoop(task) && first.name !== task.name) this.#startGroup(parents, prepared.value);
    else this.#startCall(parents, first);
  }

  #endAtOnce(parents: readonly NodeId[], phase: NodePhase, message: string): void {
    this.#link(parents, this.#skipped(this.#compiled.task.name, phase, message));
  }

  // A loop has a node of its own, which stands between the iterations and what the task depends on.
  #startGroup(parents: readonly NodeId[], calls: readonly PreparedCall[]): void {
    const { task } = this.#compiled;
    const group = createNode(this.#run, {
      name: this.#nodeName(task.name),
      type: "TaskGroup",
      phase: "Running",
      boundary: this.#running.node.id,
      call: task,
    });
    this.#link(parents, group);
    for (const call of calls) this.#startCall([group.id], call);
    this.#assessGroup(group);
  }

  #startCall(parents: readonly NodeId[], call: PreparedCall): void {
    const node =
      call.kind === "run"
        ? this.#invoke({ nodeName: this.#nodeName(call.name), arguments: call.arguments })
        : this.#skipped(call.name, "Skipped", call.message);
    this.#link(parents, node);
  }

  #moveGroupOn(group: NodeStatus): void {
    if (group.phase === "Pending" && !this.#completeGroup(group)) return;
    for (const id of calledBy(this.#run.tree, group.id)) {
      const node = this.#run.tree.byId(id);
      if (node !== undefined && !isSettled(node)) this.#invoke({ nodeName: node.name, node, arguments: [] });
    }
    this.#assessGroup(group);
  }

  // It has been reopened, and some of its iterations were taken away to run again. Answers whether it goes on.
  #completeGroup(group: NodeStatus): boolean {
    const prepared = prepareCall(this.#compiled.task, this.#around().scope, this.#place);
    this.#run.mark(group.id, prepared.ok ? "Running" : "Error", prepared.ok ? undefined : prepared.message);
    if (!prepared.ok) return false;
    for (const call of prepared.value) {
      if (this.#run.tree.byName(this.#nodeName(call.name)) === undefined) this.#startCall([group.id], call);
    }
    return true;
  }

  #assessGroup(group: NodeStatus): void {
    let phase: NodePhase = "Succeeded";
    for (const id of calledBy(this.#run.tree, group.id)) {
      const child = this.#run.tree.byId(id);
      if (child === undefined) continue;
      if (!isFulfilled(child.phase)) return;
      if (isFailedOrError(child.phase)) phase = child.phase;
    }
    this.#run.mark(group.id, phase);
  }

  #invoke(what: Pick<Invocation, "nodeName" | "node" | "arguments">): NodeStatus {
    const { activation, node } = this.#running;
    return activation.invoke(this.#run, {
      ...what,
      call: this.#compiled.task,
      caller: { root: "tasks", name: what.nodeName.slice(node.name.length + 1) },
      surroundings: this.#around(),
      place: this.#place,
    });
  }

  // The same for all iterations of the task.
  #around(): Surroundings {
    const { activation, node } = this.#running;
    const outer = activation.invocation.surroundings;
    this.#surroundings ??= {
      ...outer,
      scope: this.#scope(),
      boundary: node.id,
      limits: activation.template,
      depth: outer.depth + 1,
    };
    return this.#surroundings;
  }

  // A task sees those that it waits for, directly or not: they are at their end when it starts.
  #scope(): Scope {
    const { task } = this.#compiled;
    let ancestors: ReadonlySet<string> | undefined;
    const seen = (): ReadonlySet<string> => (ancestors ??= ancestorsOf(this.#running.dag, task.name));
    const find = (name: string): CalledNode | undefined =>
      seen().has(name) ? findTask(this.#run, this.#running, name) : undefined;
    return layered(callsScope("tasks", { find, names: seen }), this.#running.activation.scope());
  }

  #skipped(name: string, phase: NodePhase, message: string): NodeStatus {
    return createNode(this.#run, {
      name: this.#nodeName(name),
      type: "Skipped",
      phase,
      boundary: this.#running.node.id,
      call: this.#compiled.task,
      message,
    });
  }

  #parentsOf(awaited: readonly (NodeStatus | undefined)[]): readonly NodeId[] {
    if (awaited.length === 0) return [this.#running.node.id];
    return outboundOf(
      this.#run.tree,
      awaited.flatMap((node) => node?.id ?? []),
    );
  }

  #link(parents: readonly NodeId[], child: NodeStatus): void {
    for (const parent of parents) this.#run.tree.addChild(parent, child.id);
  }

  #nodeName(name: string): string {
    return `${this.#running.node.name}.${name}`;
  }

  get #place(): string {
    return `${this.#running.activation.place}.tasks.${this.#compiled.task.name}`;
  }
}
