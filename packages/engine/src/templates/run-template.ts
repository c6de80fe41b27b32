import { isFulfilled } from "@outrigger/types";
import type { Inputs, Template } from "@outrigger/types";
import { inputsScope } from "../scope/inputs-scope.ts";
import { fixedScope, layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { bindInputs } from "./arguments.ts";
import { runnerFor } from "./dispatch.ts";
import type { Invocation, Invoke } from "./invocation.ts";
import { failNode } from "./nodes.ts";
import { settleResumed } from "./suspend.ts";

// Argo's default. A template that calls itself without an end stops here.
const MAX_DEPTH = 100;

export const runTemplate: Invoke = (run, invocation) => {
  const node = run.tree.byName(invocation.nodeName);
  if (node !== undefined && isFulfilled(node.phase)) return settleResumed(run, node);
  const template = run.templateOf(invocation.call);
  if (template === undefined)
    return failNode(run, invocation, `template name '${invocation.call.template ?? ""}' undefined`);
  if (invocation.surroundings.depth >= MAX_DEPTH) {
    return failNode(run, invocation, `templates call each other more than ${MAX_DEPTH} deep`);
  }
  const outer = scopeAround(invocation);
  const bound =
    node === undefined
      ? bindInputs(template.inputs, invocation.arguments, outer)
      : ({ ok: true, value: node.inputs } as const);
  if (!bound.ok) return failNode(run, invocation, `${placeOf(invocation)}: ${bound.message}`);
  return runnerFor(template)(run, {
    invocation,
    template,
    node,
    inputs: bound.value,
    scope: layered(templateScope(template, bound.value), outer),
    place: placeOf(invocation),
    invoke: runTemplate,
  });
};

function placeOf(invocation: Invocation): string {
  return invocation.call.inline === undefined
    ? `templates.${invocation.call.template ?? ""}`
    : `${invocation.place}.inline`;
}

// A template of `spec.templates` knows the Workflow and itself; one that is written inline also sees what its call sees.
function scopeAround({ nodeName, caller, call, surroundings }: Invocation): Scope {
  const own = fixedScope({
    "node.name": nodeName,
    ...(caller === undefined ? {} : { [`${caller.root}.name`]: caller.name }),
  });
  return layered(own, call.inline === undefined ? surroundings.workflowScope : surroundings.scope);
}

function templateScope(template: Template, inputs: Inputs | undefined): Scope {
  const paths = (template.outputs?.parameters ?? []).flatMap(({ name, valueFrom }) =>
    valueFrom?.path === undefined ? [] : [[`outputs.parameters.${name}.path`, valueFrom.path] as const],
  );
  return paths.length === 0 ? inputsScope(inputs) : layered(inputsScope(inputs), fixedScope(Object.fromEntries(paths)));
}
