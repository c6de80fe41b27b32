import type { Dag, DagTask } from "@outrigger/types";
import { parseDepends, tasksIn } from "./depends.ts";
import type { Depends } from "./depends.ts";

export interface CompiledTask {
  readonly task: DagTask;
  /** What its dependencies must have come to; undefined for a task that waits for none. */
  readonly depends: Depends | undefined;
  readonly dependencies: readonly string[];
}

/** A DAG as written, ready to be walked. */
export interface CompiledDag {
  readonly tasks: ReadonlyMap<string, CompiledTask>;
  /** Names of the tasks to reach where the DAG names none: those that no other waits for, sorted. */
  readonly leaves: readonly string[];
  /** Problems of single tasks: a DAG that has some was not validated. */
  readonly problems: readonly { readonly task: string; readonly message: string }[];
}

export function compileDag(dag: Dag): CompiledDag {
  const tasks = new Map<string, CompiledTask>();
  const problems: { task: string; message: string }[] = [];
  const awaited = new Set<string>();
  for (const task of dag.tasks) {
    const depends = dependsOf(task, (message) => void problems.push({ task: task.name, message }));
    const dependencies = depends === undefined ? [] : tasksIn(depends);
    for (const name of dependencies) awaited.add(name);
    tasks.set(task.name, { task, depends, dependencies });
  }
  const leaves = [...tasks.keys()].filter((name) => !awaited.has(name)).sort();
  return { tasks, leaves, problems };
}

/** The targets and all that they wait for, each after its dependencies. Undefined if tasks wait for each other. */
export function executionOrder(dag: CompiledDag, targets: readonly string[]): readonly CompiledTask[] | undefined {
  const order: CompiledTask[] = [];
  const entered = new Set<string>();
  const left = new Set<string>();
  // Each task is met twice: on the way down it asks for its dependencies, on the way up it takes its place.
  const pending = targets.toReversed();
  for (let name = pending.at(-1); name !== undefined; name = pending.at(-1)) {
    const compiled = dag.tasks.get(name);
    if (compiled === undefined || left.has(name)) pending.pop();
    else if (entered.has(name)) {
      pending.pop();
      left.add(name);
      order.push(compiled);
    } else {
      entered.add(name);
      const open = compiled.dependencies.filter((dependency) => !left.has(dependency));
      if (open.some((dependency) => entered.has(dependency))) return undefined;
      pending.push(...open.reverse());
    }
  }
  return order;
}

/** All tasks that a task waits for, directly or not. */
export function ancestorsOf(dag: CompiledDag, name: string): ReadonlySet<string> {
  const ancestors = new Set<string>();
  const pending = [...(dag.tasks.get(name)?.dependencies ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (ancestors.has(next)) continue;
    ancestors.add(next);
    pending.push(...(dag.tasks.get(next)?.dependencies ?? []));
  }
  return ancestors;
}

function dependsOf(task: DagTask, report: (message: string) => void): Depends | undefined {
  if (task.depends !== undefined && task.depends !== "") {
    const parsed = parseDepends(task.depends);
    if (parsed.ok) return parsed.value;
    report(`depends '${task.depends}': ${parsed.message}`);
    return undefined;
  }
  const operands = (task.dependencies ?? []).map((name): Depends => ({ kind: "task", task: name }));
  return operands.length === 0 ? undefined : { kind: "all", operands };
}
