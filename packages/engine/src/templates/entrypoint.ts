import { EXIT_HOOK, agentPodName, isFailedOrError } from "@outrigger/types";
import type { NodeStatus, Parameter } from "@outrigger/types";
import { isAgentNode } from "../nodes/agent-node.ts";
import { compareText, goJson } from "../expressions/go-json.ts";
import { Substitution } from "../expressions/substitute.ts";
import type { Run } from "../run.ts";
import { workflowScope } from "../scope/workflow-scope.ts";
import type { WorkflowFacts } from "../scope/workflow-scope.ts";
import { parseTime } from "../time.ts";
import type { Argument } from "./arguments.ts";
import { cutOff } from "./cut-off.ts";
import { workflowDeadline } from "./deadline.ts";
import { invokeHook, runHooks } from "./hooks.ts";
import type { Surroundings } from "./invocation.ts";
import { runTemplate } from "./run-template.ts";
import { workflowPhaseOf } from "./workflow-phase.ts";

/** Runs the template that the Workflow begins with. */
export function runEntrypoint(run: Run): NodeStatus {
  const facts = factsOf(run);
  return runTemplate(run, {
    nodeName: run.name,
    call: { template: run.workflow.spec.entrypoint ?? "" },
    arguments: facts.parameters.map(asArgument),
    surroundings: { ...surroundingsOf(run, facts), deadline: workflowDeadline(run) },
    place: "spec.entrypoint",
  });
}

/** Runs the Workflow's hooks but for `exit`. Answers whether they are through. */
export function runWorkflowHooks(run: Run, entry: NodeStatus): boolean {
  const { [EXIT_HOOK]: _exit, ...hooks } = run.workflow.spec.hooks ?? {};
  if (Object.keys(hooks).length === 0) return true;
  const surroundings = { ...surroundingsOf(run, factsWith(run, entry)), deadline: workflowDeadline(run) };
  return runHooks(run, { node: entry, hooks, surroundings, place: "spec", invoke: runTemplate });
}

/**
 * Runs the exit handler after the entrypoint has ended. Undefined if there is none to run, or the Workflow is terminated before it
 * has begun.
 */
export function runExitHandler(run: Run, entry: NodeStatus): NodeStatus | undefined {
  const { onExit = "", hooks } = run.workflow.spec;
  // The older way to write it gets the Workflow's arguments.
  const hook = onExit === "" ? hooks?.[EXIT_HOOK] : { template: onExit };
  if (hook === undefined) return undefined;
  const given = onExit === "" ? {} : { arguments: factsOf(run).parameters.map(asArgument) };
  const nodeName = `${run.name}.onExit`;
  const surroundings = { ...surroundingsOf(run, factsWith(run, entry)), onExit: true };
  const existing = run.tree.byName(nodeName);
  if (existing === undefined && cutOff(run, surroundings) !== undefined) return undefined;
  const call = { nodeName, hook, ...given, surroundings, place: `spec.hooks.${EXIT_HOOK}` };
  return invokeHook(run, { existing, call, invoke: runTemplate });
}

function surroundingsOf({ world }: Run, facts: WorkflowFacts): Surroundings {
  const scope = { ...workflowScope(facts), configMaps: world.configMaps };
  return {
    scope,
    workflowScope: scope,
    boundary: undefined,
    deadline: undefined,
    limits: {},
    onExit: false,
    depth: 0,
  };
}

function asArgument({ name, value }: Parameter): Argument {
  return { name, value };
}

// What is known of the Workflow once its entrypoint runs, or has ended.
function factsWith(run: Run, entry: NodeStatus): WorkflowFacts {
  return { ...factsOf(run), status: workflowPhaseOf(entry), failures: failuresOf(run) };
}

function factsOf(run: Run): WorkflowFacts {
  const { workflow, elapsedMs, globals } = run;
  const facts = { workflow, status: "Running", elapsedMs, globals, nowMs: run.world.nowMs };
  const written = workflow.spec.arguments?.parameters ?? [];
  return { ...facts, parameters: withoutTags(written, { ...facts, parameters: written, nowMs: startMs(run) }) };
}

// Arguments are computed anew in each pass, and must not change from one to the next.
function startMs({ workflow, now }: Run): number {
  return parseTime(workflow.status?.startedAt ?? now) ?? 0;
}

// The Workflow's own arguments may use its name, labels and the like.
function withoutTags(parameters: readonly Parameter[], facts: WorkflowFacts): readonly Parameter[] {
  const substitution = new Substitution(workflowScope(facts), "lenient");
  return parameters.map((parameter) => {
    const value = parameter.value ?? parameter.default;
    if (value === undefined) return parameter;
    return { ...parameter, value: substitution.text(value, `spec.arguments.parameters.${parameter.name}`) };
  });
}

/** `workflow.failures`: JSON within quotes, so that it can stand in JSON itself; `"null"` if nothing failed. */
function failuresOf(run: Run): string {
  const failures = Array.from(run.tree.values()).filter(
    (node) => isFailedOrError(node.phase) && !isOfExitHandler(run, node),
  );
  const list = failures
    .sort((a, b) => compareText(a.name, b.name))
    .map((node) => ({
      displayName: node.displayName,
      message: node.message ?? "",
      templateName: node.templateName ?? "",
      phase: node.phase,
      podName: isAgentNode(node) ? agentPodName(run.name) : "",
      finishedAt: node.finishedAt ?? null,
    }));
  return JSON.stringify(list.length === 0 ? "null" : goJson(list));
}

// What the exit handler itself does is no reason to change what it was told.
function isOfExitHandler(run: Run, node: NodeStatus): boolean {
  return node.name.startsWith(`${run.name}.onExit`);
}
