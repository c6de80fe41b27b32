import type { Inputs, Parameter } from "@outrigger/types";
import { configMapValue } from "../config-maps/key-value.ts";
import { Substitution } from "../expressions/substitute.ts";
import { mayHaveTags } from "../expressions/tags.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { inputsScope } from "../scope/inputs-scope.ts";
import { ABSENT, layered } from "../scope/scope.ts";
import type { Scope, TagValue } from "../scope/scope.ts";

/** A value for an input of the called template. ABSENT: it refers to an output that a skipped node never gave. */
export interface Argument {
  readonly name: string;
  readonly value: TagValue;
}

/** Replaces the tags in the arguments of a call. */
export function resolveArguments(
  parameters: readonly Parameter[],
  scope: Scope,
  place: string,
): Outcome<readonly Argument[]> {
  const substitution = new Substitution(scope);
  const supplied = withConfigMapValues(parameters, scope, place);
  if (!supplied.ok) return supplied;
  const resolved = supplied.value.map(({ name, value }): Argument => {
    if (value === undefined) return { name, value };
    if (scope.get(soleTag(value) ?? "") === ABSENT) return { name, value: ABSENT };
    return { name, value: substitution.text(value, `${place}.arguments.parameters.${name}`) };
  });
  return substitution.problem === undefined ? succeeded(resolved) : failed(substitution.problem);
}

/** The inputs of a template with the values that they have in one run: an argument, else the value or default as written. */
export function bindInputs(
  inputs: Inputs | undefined,
  given: readonly Argument[],
  scope: () => Scope,
): Outcome<Inputs | undefined> {
  if (inputs?.parameters === undefined || inputs.parameters.length === 0) return succeeded(undefined);
  const byName = new Map<string, TagValue>(given.map(({ name, value }) => [name, value]));
  const bound: Parameter[] = [];
  for (const parameter of inputs.parameters) {
    const argument = byName.get(parameter.name);
    const own = typeof argument === "string" ? succeeded(argument) : ownValue(parameter, bound, scope);
    if (!own.ok) return own;
    const { value } = own;
    if (value === undefined) return failed(missing(parameter.name, argument));
    if (parameter.enum?.includes(value) === false) return failed(notAllowed(parameter.name, value, parameter.enum));
    bound.push({ ...parameter, value });
  }
  return succeeded({ ...inputs, parameters: bound });
}

function withConfigMapValues(
  parameters: readonly Parameter[],
  scope: Scope,
  place: string,
): Outcome<readonly Parameter[]> {
  const supplied: Parameter[] = [];
  for (const parameter of parameters) {
    const at = `${place}.arguments.parameters.${parameter.name}`;
    const value = parameter.value === undefined ? configMapValue(parameter.valueFrom, scope, at) : succeeded(undefined);
    if (!value.ok) return value;
    supplied.push(value.value === undefined ? parameter : { ...parameter, value: value.value });
  }
  return succeeded(supplied);
}

// A ConfigMap has a later word than what is written in the template.
function ownValue(parameter: Parameter, before: readonly Parameter[], scope: () => Scope): Outcome<string | undefined> {
  const { name, valueFrom } = parameter;
  if (valueFrom?.configMapKeyRef === undefined) return succeeded(writtenValue(parameter, before, scope));
  const around = layered(inputsScope({ parameters: before }), scope());
  const value = configMapValue(valueFrom, around, `inputs.parameters.${name}`);
  return value.ok && value.value === undefined ? succeeded(writtenValue(parameter, before, scope)) : value;
}

// May use the inputs that come before it.
function writtenValue(
  { name, value, default: fallback }: Parameter,
  before: readonly Parameter[],
  scope: () => Scope,
): string | undefined {
  const written = value ?? fallback;
  if (written === undefined || !mayHaveTags(written)) return written;
  return new Substitution(layered(inputsScope({ parameters: before }), scope()), "lenient").text(written, name);
}

function missing(name: string, argument: TagValue): string {
  return argument === ABSENT
    ? `inputs.parameters.${name}: its argument refers to an output of a node that was skipped or omitted, and neither has a default`
    : `inputs.parameters.${name} was not supplied`;
}

function notAllowed(name: string, value: string, allowed: readonly string[]): string {
  return `inputs.parameters.${name} must be one of ${allowed.join(", ")}, not '${value}'`;
}

/** The tag that a text consists of, if it is nothing but one tag. */
export function soleTag(text: string): string | undefined {
  const match = /^\{\{((?:(?!\{\{|\}\}).)*)\}\}$/s.exec(text.trim());
  return match?.[1]?.trim();
}
