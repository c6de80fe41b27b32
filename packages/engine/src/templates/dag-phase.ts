import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodePhase } from "@outrigger/types";
import type { CompiledTask } from "../dag/compile.ts";
import type { Run } from "../run.ts";
import { continuesOn } from "./continue-on.ts";
import { cutOff } from "./cut-off.ts";
import { taskNode } from "./dag-nodes.ts";
import type { RunningDag } from "./dag-nodes.ts";

/**
 * What a DAG has come to. A task that was skipped or omitted hands on what came before it, a failure first; the DAG comes to what
 * its targets have come to. As long as a task runs, so does the DAG.
 */
export function dagPhase(
  run: Run,
  running: RunningDag,
  order: readonly CompiledTask[],
  targets: readonly string[],
): NodePhase {
  const branches = new Map<string, NodePhase>();
  for (const compiled of order) {
    const phase = taskNode(run, running, compiled.task.name)?.phase;
    if (phase === undefined) continue;
    if (!isFulfilled(phase) || running.busy.has(compiled.task.name)) return "Running";
    branches.set(compiled.task.name, hasRun(phase) ? phase : inherited(compiled, branches));
  }
  const phase = phaseOfTargets(running, targets, branches);
  const stopped = cutOff(run, running.activation.invocation.surroundings) !== undefined;
  return phase === "Running" && stopped ? "Failed" : phase; // what has not started never will
}

function phaseOfTargets(
  { dag, failFast }: RunningDag,
  targets: readonly string[],
  branches: ReadonlyMap<string, NodePhase>,
): NodePhase {
  let result: NodePhase = "Succeeded";
  for (const name of targets) {
    const branch = branches.get(name);
    if (branch === undefined) {
      result = "Running";
      if (!failFast) return result; // all shall end before a failure counts
    } else if (isFailedOrError(branch) && !continuesOn(dag.tasks.get(name)?.task, branch)) {
      result = branch;
      if (failFast) return result;
    }
  }
  return result;
}

function hasRun(phase: NodePhase): boolean {
  return phase !== "Skipped" && phase !== "Omitted";
}

function inherited({ dependencies }: CompiledTask, branches: ReadonlyMap<string, NodePhase>): NodePhase {
  const phases = dependencies.flatMap((name) => branches.get(name) ?? []);
  return phases.find((phase) => isFailedOrError(phase)) ?? "Succeeded";
}
