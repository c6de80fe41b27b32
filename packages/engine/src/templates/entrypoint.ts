import { agentPodName, isFailedOrError } from "@outrigger/types";
import type { NodeStatus, Parameter } from "@outrigger/types";
import { compareText, goJson } from "../expressions/go-json.ts";
import { Substitution } from "../expressions/substitute.ts";
import type { Run } from "../run.ts";
import { workflowScope } from "../scope/workflow-scope.ts";
import type { WorkflowFacts } from "../scope/workflow-scope.ts";
import { parseTime } from "../time.ts";
import { runTemplate } from "./run-template.ts";
import { shutdownMessage } from "./shutdown.ts";
import { workflowPhaseOf } from "./workflow-phase.ts";

/** Runs the template that the Workflow begins with. */
export function runEntrypoint(run: Run): NodeStatus {
  return runFromWorkflow(run, {
    nodeName: run.name,
    template: run.workflow.spec.entrypoint ?? "",
    facts: factsOf(run),
  });
}

/**
 * Runs the exit handler after the entrypoint has ended. Undefined if there is none, or the Workflow is terminated before it has
 * begun.
 */
export function runExitHandler(run: Run, entry: NodeStatus): NodeStatus | undefined {
  const { onExit } = run.workflow.spec;
  const nodeName = `${run.name}.onExit`;
  if (onExit === undefined || onExit === "") return undefined;
  if (shutdownMessage(run, true) !== undefined && run.tree.byName(nodeName) === undefined) return undefined;
  const facts = { ...factsOf(run), status: workflowPhaseOf(entry), failures: failuresOf(run) };
  return runFromWorkflow(run, { nodeName, template: onExit, facts, onExit: true });
}

interface Beginning {
  readonly nodeName: string;
  readonly template: string;
  readonly facts: WorkflowFacts;
  readonly onExit?: boolean;
}

function runFromWorkflow(run: Run, { nodeName, template, facts, onExit = false }: Beginning): NodeStatus {
  const scope = workflowScope(facts);
  return runTemplate(run, {
    nodeName,
    call: { template },
    arguments: facts.parameters.map(({ name, value }) => ({ name, value })),
    surroundings: { scope, workflowScope: scope, boundary: undefined, onExit, depth: 0 },
    ...(onExit ? { flag: { hooked: true } } : {}),
    place: onExit ? "spec.onExit" : "spec.entrypoint",
  });
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
      podName: node.type === "Plugin" ? agentPodName(run.name) : "",
      finishedAt: node.finishedAt ?? null,
    }));
  return JSON.stringify(list.length === 0 ? "null" : goJson(list));
}

// What the exit handler itself does is no reason to change what it was told.
function isOfExitHandler(run: Run, node: NodeStatus): boolean {
  return node.name.startsWith(`${run.name}.onExit`);
}
