import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeId, NodePhase, NodeStatus } from "@outrigger/types";
import { ancestorsOf } from "../dag/compile.ts";
import type { CompiledTask } from "../dag/compile.ts";
import { createNode } from "../nodes/create.ts";
import { outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import type { Argument } from "./arguments.ts";
import { isDependsMet } from "./dag-depends.ts";
import { findTask, taskNode } from "./dag-nodes.ts";
import type { RunningDag } from "./dag-nodes.ts";
import { isLoop } from "./loops.ts";
import { isSettled } from "./nodes.ts";
import { prepareCall } from "./prepare-call.ts";
import type { PreparedCall } from "./prepare-call.ts";
import { shutdownMessage } from "./shutdown.ts";

/** Starts a task if its time has come, or moves it on. Its dependencies have had their turn in this pass. */
export function runTask(run: Run, running: RunningDag, compiled: CompiledTask): void {
  const node = taskNode(run, running, compiled.task.name);
  if (node === undefined) startWhenReady(run, running, compiled);
  else if (!isSettled(node)) moveOn(run, running, compiled, node);
}

function startWhenReady(run: Run, running: RunningDag, compiled: CompiledTask): void {
  const awaited = compiled.dependencies.map((name) => taskNode(run, running, name));
  if (awaited.some((node) => node === undefined || !isFulfilled(node.phase))) return;
  if (shutdownMessage(run, running.activation.invocation.surroundings.onExit) !== undefined) return;
  const parents = parentsOf(run, running, awaited);
  if (compiled.depends !== undefined && !isDependsMet(run, running, compiled.depends)) {
    return endAtOnce(run, running, {
      compiled,
      parents,
      phase: "Omitted",
      message: "omitted: depends condition not met",
    });
  }
  start(run, running, compiled, parents);
}

function start(run: Run, running: RunningDag, compiled: CompiledTask, parents: readonly NodeId[]): void {
  const { task } = compiled;
  const prepared = prepareCall(task, scopeOf(run, running, task.name), placeOf(running, compiled));
  if (!prepared.ok) return endAtOnce(run, running, { compiled, parents, phase: "Error", message: prepared.message });
  const [first] = prepared.value;
  if (first === undefined) {
    return endAtOnce(run, running, { compiled, parents, phase: "Skipped", message: "Skipped, empty params" });
  }
  if (isLoop(task) && first.name !== task.name)
    return startGroup(run, running, { compiled, parents, calls: prepared.value });
  startCall(run, running, { compiled, parents, call: first });
}

interface AtOnce {
  readonly compiled: CompiledTask;
  readonly parents: readonly NodeId[];
  readonly phase: NodePhase;
  readonly message: string;
}

function endAtOnce(run: Run, { node }: RunningDag, { compiled, parents, phase, message }: AtOnce): void {
  const { name, template } = compiled.task;
  link(run, parents, skippedNode(run, node, { name, template, phase, message }));
}

interface SkippedTask {
  readonly name: string;
  readonly template: string | undefined;
  readonly phase: NodePhase;
  readonly message: string;
}

function skippedNode(run: Run, dagNode: NodeStatus, { name, template, phase, message }: SkippedTask): NodeStatus {
  return createNode(run, {
    name: `${dagNode.name}.${name}`,
    type: "Skipped",
    phase,
    boundary: dagNode.id,
    templateName: template,
    message,
  });
}

interface GroupStart {
  readonly compiled: CompiledTask;
  readonly parents: readonly NodeId[];
  readonly calls: readonly PreparedCall[];
}

// A loop has a node of its own, which stands between the iterations and what the task depends on.
function startGroup(run: Run, running: RunningDag, { compiled, parents, calls }: GroupStart): void {
  const group = createNode(run, {
    name: `${running.node.name}.${compiled.task.name}`,
    type: "TaskGroup",
    phase: "Running",
    boundary: running.node.id,
    templateName: compiled.task.template,
  });
  link(run, parents, group);
  for (const call of calls) startCall(run, running, { compiled, parents: [group.id], call });
  assessGroup(run, group);
}

interface CallStart {
  readonly compiled: CompiledTask;
  readonly parents: readonly NodeId[];
  readonly call: PreparedCall;
}

function startCall(run: Run, running: RunningDag, { compiled, parents, call }: CallStart): void {
  const node =
    call.kind === "run"
      ? invoke(run, running, { compiled, name: call.name, arguments: call.arguments })
      : skippedNode(run, running.node, {
          name: call.name,
          template: compiled.task.template,
          phase: "Skipped",
          message: call.message,
        });
  link(run, parents, node);
}

function moveOn(run: Run, running: RunningDag, compiled: CompiledTask, node: NodeStatus): void {
  if (node.type !== "TaskGroup")
    return void invoke(run, running, { compiled, name: compiled.task.name, arguments: [] });
  for (const id of run.tree.childrenOf(node.id)) {
    const child = run.tree.byId(id);
    if (child === undefined || isSettled(child)) continue;
    invoke(run, running, { compiled, name: child.name.slice(running.node.name.length + 1), arguments: [] });
  }
  assessGroup(run, node);
}

function assessGroup(run: Run, group: NodeStatus): void {
  let phase: NodePhase = "Succeeded";
  for (const id of run.tree.childrenOf(group.id)) {
    const child = run.tree.byId(id);
    if (child === undefined) continue;
    if (!isFulfilled(child.phase)) return;
    if (isFailedOrError(child.phase)) phase = child.phase;
  }
  run.mark(group.id, phase);
}

interface TaskInvocation {
  readonly compiled: CompiledTask;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

function invoke(run: Run, running: RunningDag, { compiled, name, arguments: given }: TaskInvocation): NodeStatus {
  const { activation, node } = running;
  const { surroundings } = activation.invocation;
  const scope = scopeOf(run, running, compiled.task.name);
  return activation.invoke(run, {
    nodeName: `${node.name}.${name}`,
    call: compiled.task,
    caller: { root: "tasks", name },
    arguments: given,
    surroundings: { ...surroundings, scope, boundary: node.id, depth: surroundings.depth + 1 },
    place: placeOf(running, compiled),
  });
}

// A task sees those that it waits for, directly or not: they are at their end when it starts.
function scopeOf(run: Run, running: RunningDag, name: string): Scope {
  let ancestors: ReadonlySet<string> | undefined;
  const seen = (): ReadonlySet<string> => (ancestors ??= ancestorsOf(running.dag, name));
  const find = (other: string): CalledNode | undefined =>
    seen().has(other) ? findTask(run, running, other) : undefined;
  return layered(callsScope("tasks", { find, names: seen }), running.activation.scope);
}

function parentsOf(run: Run, { node }: RunningDag, awaited: readonly (NodeStatus | undefined)[]): readonly NodeId[] {
  if (awaited.length === 0) return [node.id];
  return outboundOf(
    run.tree,
    awaited.flatMap((dependency) => dependency?.id ?? []),
  );
}

function link(run: Run, parents: readonly NodeId[], child: NodeStatus): void {
  for (const parent of parents) run.tree.addChild(parent, child.id);
}

function placeOf({ activation }: RunningDag, { task }: CompiledTask): string {
  return `${activation.place}.tasks.${task.name}`;
}
