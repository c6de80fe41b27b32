import { isFailedOrError } from "@outrigger/types";
import type { Dag, NodeStatus } from "@outrigger/types";
import { executionOrder } from "../dag/compile.ts";
import type { CompiledDag, CompiledTask } from "../dag/compile.ts";
import { Substitution } from "../expressions/substitute.ts";
import { outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import { findTask, taskNode } from "./dag-nodes.ts";
import type { RunningDag } from "./dag-nodes.ts";
import { dagPhase } from "./dag-phase.ts";
import { runTask } from "./dag-task.ts";
import type { Activation, TemplateRunner } from "./invocation.ts";
import { failNode, ownErrorOf, startNode } from "./nodes.ts";
import { templateOutputs } from "./outputs.ts";

/** Tasks, each as soon as what it depends on has come to what it wants. */
export const runDag: TemplateRunner = (run, activation) => {
  const dag = activation.template.dag ?? { tasks: [] };
  const compiled = run.dagOf(dag);
  const targets = targetsOf(dag, compiled, activation);
  const order = executionOrder(compiled, targets);
  if (order === undefined || compiled.problems.length > 0) {
    return failNode(
      run,
      activation.invocation,
      `${activation.place}: its tasks wait for each other, or 'depends' is broken`,
    );
  }
  const node = activation.node ?? startNode(run, activation, "DAG", "Running");
  const running: RunningDag = { activation, node, dag: compiled, failFast: dag.failFast ?? true, busy: new Set() };
  for (const task of order) runTask(run, running, task);
  const phase = dagPhase(run, running, order, targets);
  if (phase === "Running") return node;
  run.tree.change(node.id, { outboundNodes: outboundOf(run.tree, nodeIdsOf(run, running, targets)) });
  return isFailedOrError(phase) ? run.mark(node.id, phase, ownError(run, running, order)) : conclude(run, running);
};

// A task that failed speaks for itself; that one could not even be run is worth saying here, too.
function ownError(run: Run, running: RunningDag, order: readonly CompiledTask[]): string | undefined {
  const nodes = order.flatMap(({ task }) => taskNode(run, running, task.name) ?? []);
  return nodes.flatMap((node) => ownErrorOf(node) ?? [])[0];
}

function targetsOf(dag: Dag, compiled: CompiledDag, { scope, place }: Activation): readonly string[] {
  const written = new Substitution(scope(), "lenient").text(dag.target ?? "", `${place}.dag.target`);
  const named = written.split(" ").filter((name) => name !== "");
  return named.length > 0 ? named : compiled.leaves;
}

function nodeIdsOf(run: Run, running: RunningDag, targets: readonly string[]) {
  return targets.flatMap((name) => taskNode(run, running, name)?.id ?? []);
}

function conclude(run: Run, running: RunningDag): NodeStatus {
  const { activation, node, dag } = running;
  const all = callsScope("tasks", { find: (name) => findTask(run, running, name), names: () => dag.tasks.keys() });
  const outputs = templateOutputs(activation.template, layered(all, activation.scope()), activation.place);
  if (!outputs.ok) return run.mark(node.id, "Error", outputs.message);
  run.putOut(node.id, outputs.value);
  return run.mark(node.id, "Succeeded");
}
