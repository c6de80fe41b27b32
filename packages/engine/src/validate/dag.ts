import type { Dag, DagTask } from "@outrigger/types";
import { ancestorsOf, compileDag, executionOrder } from "../dag/compile.ts";
import type { CompiledDag } from "../dag/compile.ts";
import { loopResultsIn } from "../dag/depends.ts";
import { isLoop } from "../templates/loops.ts";
import { nameProblem } from "./calls.ts";
import type { Findings, Place } from "./findings.ts";

/** Checks what belongs to a DAG as a whole: names, dependencies, cycles, targets. */
export function checkDag(dag: Dag, place: Place, findings: Findings): CompiledDag | undefined {
  if (dag.tasks.length === 0) {
    findings.report(`${place.path}.dag.tasks`, `${place.label} must have at least one task`);
    return undefined;
  }
  checkNames(dag, place, findings);
  checkStyle(dag, place, findings);
  const compiled = compileDag(dag);
  for (const { task, message } of compiled.problems) {
    findings.report(`${place.path}.dag.tasks`, `${place.label}.tasks.${task} ${message}`);
  }
  checkDependencies(compiled, place, findings);
  checkTargets(dag, compiled, place, findings);
  const names = [...compiled.tasks.keys()];
  if (executionOrder(compiled, names) === undefined) {
    findings.report(
      `${place.path}.dag.tasks`,
      `${place.label} sorting failed: graph with cycle (${cycleIn(compiled)})`,
    );
    return undefined;
  }
  return compiled;
}

/** The task that a tag refers to, if the task that uses the tag does not wait for it. */
export function missingDependency(compiled: CompiledDag, user: string, tag: string): string | undefined {
  const [root, name = ""] = tag.split(".", 2);
  if (root !== "tasks" || name === user || !compiled.tasks.has(name)) return undefined;
  const awaits =
    compiled.tasks.get(user)?.dependencies.includes(name) === true || ancestorsOf(compiled, user).has(name);
  return awaits ? undefined : name;
}

function checkNames(dag: Dag, place: Place, findings: Findings): void {
  const seen = new Set<string>();
  const ordered = dag.tasks.some(
    ({ depends, dependencies }) => depends !== undefined || (dependencies?.length ?? 0) > 0,
  );
  for (const [index, { name }] of dag.tasks.entries()) {
    const path = `${place.path}.dag.tasks[${index}].name`;
    const label = `${place.label}.tasks[${index}].name`;
    const problem = nameProblem(name);
    if (name === "") findings.report(path, `${label} is required`);
    else if (problem !== undefined) findings.report(path, `${label} '${name}' is invalid: ${problem}`);
    else if (seen.has(name)) findings.report(path, `${label} '${name}' is not unique`);
    else if (ordered && /^\d/.test(name)) {
      findings.report(
        path,
        `${place.label}.tasks.${name} name cannot begin with a digit when using either 'depends' or 'dependencies'`,
      );
    }
    seen.add(name);
  }
}

function checkStyle(dag: Dag, place: Place, findings: Findings): void {
  if (!dag.tasks.some(({ depends }) => depends !== undefined && depends !== "")) return;
  for (const [index, { dependencies, continueOn }] of dag.tasks.entries()) {
    const path = `${place.path}.dag.tasks[${index}]`;
    if ((dependencies?.length ?? 0) > 0) {
      findings.report(
        `${path}.dependencies`,
        `${place.label} cannot use both 'depends' and 'dependencies' in the same DAG template`,
      );
    }
    if (continueOn !== undefined) {
      findings.report(
        `${path}.continueOn`,
        `${place.label} cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'`,
      );
    }
  }
}

function checkDependencies(compiled: CompiledDag, place: Place, findings: Findings): void {
  for (const { task, dependencies, depends } of compiled.tasks.values()) {
    const report = (message: string): void =>
      findings.report(`${place.path}.dag.tasks`, `${place.label}.tasks.${task.name} ${message}`);
    for (const name of dependencies) {
      if (!compiled.tasks.has(name)) report(`dependency '${name}' not defined`);
    }
    for (const name of depends === undefined ? [] : loopResultsIn(depends)) {
      const awaited = compiled.tasks.get(name)?.task;
      if (awaited !== undefined && !isLoop(awaited)) report(loopResultWithoutLoop(awaited));
    }
  }
}

function loopResultWithoutLoop({ name }: DagTask): string {
  return `dependency '${name}' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items`;
}

function checkTargets(dag: Dag, compiled: CompiledDag, place: Place, findings: Findings): void {
  for (const name of (dag.target ?? "").split(" ")) {
    if (name === "" || name.includes("{{") || compiled.tasks.has(name)) continue;
    findings.report(`${place.path}.dag.target`, `${place.label}.targets: target '${name}' is not defined`);
  }
}

// One of the cycles, in words.
function cycleIn(compiled: CompiledDag): string {
  const looped = [...compiled.tasks.keys()].find((name) => ancestorsOf(compiled, name).has(name));
  const path = [looped ?? ""];
  for (let next = nextInCycle(compiled, path); next !== undefined; next = nextInCycle(compiled, path)) {
    path.push(next);
    if (next === looped) break;
  }
  return path.join(" -> ");
}

function nextInCycle(compiled: CompiledDag, path: readonly string[]): string | undefined {
  const [start = ""] = path;
  const dependencies = compiled.tasks.get(path.at(-1) ?? "")?.dependencies ?? [];
  const leadsBack = (name: string): boolean => name === start || ancestorsOf(compiled, name).has(start);
  return dependencies.find((name) => leadsBack(name) && (name === start || !path.includes(name)));
}
