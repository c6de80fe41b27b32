import type { Inputs, Outputs, Parameter } from "@outrigger/types";
import type { Findings, Place } from "./findings.ts";

const NAME = /^[-a-zA-Z0-9_]+$/;
const NAME_RULE = "must consist of letters, digits, '_' or '-'";

/** `spec.arguments`, or the arguments of a call. `label` leads the messages: `spec.arguments.`. */
export function checkArguments(given: Inputs | undefined, place: Place, findings: Findings): void {
  const parameters = given?.parameters ?? [];
  checkNames(parameters, { path: `${place.path}.parameters`, label: `${place.label}.parameters` }, findings);
  for (const [index, parameter] of parameters.entries()) {
    const problem = argumentProblem(parameter, `${place.label}.${parameter.name}`);
    if (problem !== undefined) findings.report(`${place.path}.parameters[${index}]`, problem);
  }
}

// An event is refused for itself.
const ARGUMENT_SOURCES = ["configMapKeyRef", "supplied", "event"];

function argumentProblem({ value, valueFrom, enum: allowed }: Parameter, label: string): string | undefined {
  if (value === undefined && valueFrom === undefined) return `${label}.value or ${label}.valueFrom is required`;
  if (value === undefined && !ARGUMENT_SOURCES.some((source) => Object.hasOwn(valueFrom ?? {}, source))) {
    return `${label}.valueFrom only allows: default, configMapKeyRef and supplied`;
  }
  if (allowed === undefined) return undefined;
  if (allowed.length === 0) return `${label}.enum should contain at least one value`;
  if (value === undefined) return `${label}.value is required`;
  // A tag is known at run time only.
  if (value.includes("{{") || allowed.includes(value)) return undefined;
  return `${label}.value should be present in ${label}.enum list: ${allowed.join(", ")}`;
}

/** Names of inputs or outputs: present, well formed, each once. */
export function checkNames(parameters: readonly { readonly name: string }[], place: Place, findings: Findings): void {
  const seen = new Set<string>();
  for (const [index, { name }] of parameters.entries()) {
    const path = `${place.path}[${index}].name`;
    const label = `${place.label}[${index}].name`;
    if (name === "") findings.report(path, `${label} is required`);
    else if (!NAME.test(name)) findings.report(path, `${label}: '${name}' is invalid: it ${NAME_RULE}`);
    else if (seen.has(name)) findings.report(path, `${label} '${name}' is not unique`);
    seen.add(name);
  }
}

/** The outputs of a template; those of steps and tasks say where they come from. */
export function checkOutputs(
  outputs: Outputs | undefined,
  place: Place,
  findings: Findings,
  options: { readonly fromCalls: boolean },
): void {
  const parameters = outputs?.parameters ?? [];
  const list = { path: `${place.path}.outputs.parameters`, label: `${place.label}.outputs.parameters` };
  checkNames(parameters, list, findings);
  for (const [index, parameter] of parameters.entries()) {
    const label = `${list.label}.${parameter.name}`;
    const problem = outputProblem(parameter, options.fromCalls);
    if (problem !== undefined) findings.report(`${list.path}[${index}]`, `${label} ${problem}`);
  }
}

function outputProblem({ value, valueFrom }: Parameter, fromCalls: boolean): string | undefined {
  if (value !== undefined)
    return valueFrom === undefined ? undefined : "has both valueFrom and value specified, choose one";
  if (valueFrom === undefined) return "does not have valueFrom or value specified";
  const { parameter, expression } = valueFrom;
  if (!fromCalls) return undefined;
  if (parameter !== undefined && expression !== undefined)
    return "has both valueFrom.parameter and valueFrom.expression, choose one";
  return parameter === undefined && expression === undefined
    ? "needs valueFrom.parameter or valueFrom.expression: it comes from a step or task"
    : undefined;
}

/** Inputs of a template that its caller does not give and that have no value of their own. */
export function missingInputs(inputs: Inputs | undefined, given: Inputs | undefined): readonly string[] {
  const names = new Set((given?.parameters ?? []).map(({ name }) => name));
  return (inputs?.parameters ?? [])
    .filter((input) => input.value === undefined && input.default === undefined && input.valueFrom === undefined)
    .map(({ name }) => name)
    .filter((name) => !names.has(name));
}
