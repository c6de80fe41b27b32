import type { NodePhase, NodeStatus } from "@outrigger/types";
import type { Depends, TaskResult } from "../dag/depends.ts";
import type { Run } from "../run.ts";
import { continuesOn } from "./continue-on.ts";
import { findTask } from "./dag-nodes.ts";
import type { RunningDag } from "./dag-nodes.ts";

const PHASES: Readonly<Record<Exclude<TaskResult, "AnySucceeded" | "AllFailed" | "Daemoned">, NodePhase>> = {
  Succeeded: "Succeeded",
  Failed: "Failed",
  Errored: "Error",
  Skipped: "Skipped",
  Omitted: "Omitted",
};

/** Whether tasks, all at their end, have come to what a `depends` asks for. */
export function isDependsMet(run: Run, running: RunningDag, depends: Depends): boolean {
  switch (depends.kind) {
    case "all":
      return depends.operands.every((operand) => isDependsMet(run, running, operand));
    case "any":
      return depends.operands.some((operand) => isDependsMet(run, running, operand));
    case "not":
      return !isDependsMet(run, running, depends.operand);
    case "task":
      return wentWell(run, running, depends.task);
    default:
      return hasResult(run, running, depends.task, depends.result);
  }
}

function wentWell(run: Run, running: RunningDag, name: string): boolean {
  const phase = findTask(run, running, name)?.node.phase;
  if (phase === undefined) return false;
  return phase === "Succeeded" || phase === "Skipped" || continuesOn(running.dag.tasks.get(name)?.task, phase);
}

function hasResult(run: Run, running: RunningDag, name: string, result: TaskResult): boolean {
  const task = findTask(run, running, name);
  if (task === undefined) return false;
  const iterations: readonly NodeStatus[] = task.iterations ?? [];
  switch (result) {
    case "AnySucceeded":
      return iterations.some(({ phase }) => phase === "Succeeded");
    case "AllFailed":
      return iterations.length > 0 && iterations.every(({ phase }) => phase === "Failed");
    case "Daemoned":
      return false; // daemons are containers
    default:
      return task.node.phase === PHASES[result];
  }
}
