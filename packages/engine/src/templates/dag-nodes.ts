import type { NodeStatus } from "@outrigger/types";
import type { CompiledDag } from "../dag/compile.ts";
import { calledBy } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import type { Activation } from "./invocation.ts";

/** A DAG template that runs. */
export interface RunningDag {
  readonly activation: Activation;
  /** The DAG node. */
  readonly node: NodeStatus;
  readonly dag: CompiledDag;
  readonly failFast: boolean;
  /** Tasks whose hooks are not through. */
  readonly busy: Set<string>;
}

export function taskNode(run: Run, { node }: RunningDag, name: string): NodeStatus | undefined {
  return run.tree.byName(`${node.name}.${name}`);
}

/** A task's node and, for a loop, its iterations. */
export function findTask(run: Run, running: RunningDag, name: string): CalledNode | undefined {
  const task = running.dag.tasks.get(name)?.task;
  const node = taskNode(run, running, name);
  if (task === undefined || node === undefined) return undefined;
  const declared = run.outputsOf(task, running.node.id);
  if (node.type !== "TaskGroup") return { node, declared };
  return { node, declared, iterations: calledBy(run.tree, node.id).flatMap((id) => run.tree.byId(id) ?? []) };
}
