import type { Inputs, Parameter } from "@outrigger/types";
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
  const resolved = parameters.map(({ name, value }): Argument => {
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
    const value = typeof argument === "string" ? argument : writtenValue(parameter, bound, scope);
    if (value === undefined) return failed(missing(parameter.name, argument));
    if (parameter.enum?.includes(value) === false) return failed(notAllowed(parameter.name, value, parameter.enum));
    bound.push({ ...parameter, value });
  }
  return succeeded({ ...inputs, parameters: bound });
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
