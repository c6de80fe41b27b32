import { isFulfilled } from "@outrigger/types";
import type { Inputs, NodeStatus, Template } from "@outrigger/types";
import { memoized } from "../memoize/run-memoized.ts";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { calleeName, scopeWithin, templatePlace } from "../references/template-scope.ts";
import type { Run } from "../run.ts";
import { inputsScope } from "../scope/inputs-scope.ts";
import { fixedScope, layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { bindInputs } from "./arguments.ts";
import { runBody } from "./body.ts";
import type { Activation, Invocation, Invoke, TemplateRunner } from "./invocation.ts";
import { failNode, isSettled } from "./nodes.ts";
import { runRetry } from "./retry.ts";
import { settleByHand } from "./suspend.ts";
import { takeTurn } from "./turn.ts";

// Argo's default. A template that calls itself without an end stops here.
const MAX_DEPTH = 100;

export const runTemplate: Invoke = (run, invocation) => {
  const node = invocation.node ?? run.tree.byName(invocation.nodeName);
  if (node !== undefined && isFulfilled(node.phase)) return isSettled(node) ? node : settleByHand(run, node);
  const template = run.templateOf(invocation.call, invocation.surroundings.boundary);
  if (template === undefined) {
    return failNode(run, invocation, `template name '${calleeName(invocation.call)}' undefined`);
  }
  if (invocation.surroundings.depth >= MAX_DEPTH) {
    return failNode(run, invocation, `templates call each other more than ${MAX_DEPTH} deep`);
  }
  const activation = activate(run, invocation, template, node);
  if (!activation.ok) return failNode(run, invocation, `${placeOf(run, invocation)}: ${activation.message}`);
  const turn = takeTurn(run, activation.value);
  return turn.kind === "waits" ? turn.node : go(run, { ...activation.value, node: turn.node });
};

function go(run: Run, activation: Activation): NodeStatus {
  const strategy = run.retryStrategyOf(activation.template);
  const runner: TemplateRunner =
    strategy === undefined ? runBody : (again, attempts) => runRetry(again, attempts, strategy);
  return memoized(activation.template, runner)(run, activation);
}

// Binds the inputs.
function activate(
  run: Run,
  invocation: Invocation,
  template: Template,
  node: NodeStatus | undefined,
): Outcome<Activation> {
  let outer: Scope | undefined;
  const around = (): Scope => (outer ??= scopeAround(invocation));
  const bound = node === undefined ? bindInputs(template.inputs, invocation.arguments, around) : inputsOf(node);
  if (!bound.ok) return bound;
  const inputs = bound.value;
  const scope = (): Scope => layered(templateScope(template, inputs), around());
  return succeeded({ invocation, template, node, inputs, scope, place: placeOf(run, invocation), invoke: runTemplate });
}

// What a node was begun with stands.
function inputsOf(node: NodeStatus): Outcome<Inputs | undefined> {
  return succeeded(node.inputs);
}

function placeOf(run: Run, { call, place, surroundings }: Invocation): string {
  if (call.inline !== undefined) return `${place}.inline`;
  return templatePlace(scopeWithin(call, run.scopeWithin(surroundings.boundary)), calleeName(call));
}

// A template of `spec.templates` knows the Workflow and itself; one that is written inline also sees what its call sees.
function scopeAround({ nodeName, caller, call, surroundings }: Invocation): Scope {
  const callerName = caller === undefined ? undefined : `${caller.root}.name`;
  const own: Scope = {
    get: (name) => {
      if (name === "node.name") return nodeName;
      return name === callerName ? caller?.name : undefined;
    },
    names: () => ["node.name", ...(callerName === undefined ? [] : [callerName])],
    seed: nodeName,
  };
  return layered(own, call.inline === undefined ? surroundings.workflowScope : surroundings.scope);
}

function templateScope(template: Template, inputs: Inputs | undefined): Scope {
  const paths = (template.outputs?.parameters ?? []).flatMap(({ name, valueFrom }) =>
    valueFrom?.path === undefined ? [] : [[`outputs.parameters.${name}.path`, valueFrom.path] as const],
  );
  return paths.length === 0 ? inputsScope(inputs) : layered(inputsScope(inputs), fixedScope(Object.fromEntries(paths)));
}
