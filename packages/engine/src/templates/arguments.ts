import type { Inputs, Parameter } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { ABSENT, layered } from "../scope/scope.ts";
import type { Scope, TagValue } from "../scope/scope.ts";
import { inputsScope } from "../scope/inputs-scope.ts";

/** A value for an input of the called template. ABSENT: it refers to an output that a skipped node never gave. */
export interface Argument {
  readonly name: string;
  readonly value: TagValue;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
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
  scope: Scope,
): Outcome<Inputs | undefined> {
  if (inputs?.parameters === undefined || inputs.parameters.length === 0) return succeeded(undefined);
  const byName = new Map<string, TagValue>(given.map(({ name, value }) => [name, value]));
  const bound: Parameter[] = [];
  for (const parameter of inputs.parameters) {
    const argument = byName.get(parameter.name);
    const value =
      typeof argument === "string"
        ? argument
        : writtenValue(parameter, layered(inputsScope({ parameters: bound }), scope));
    if (value === undefined) return failed(missing(parameter.name, argument));
    bound.push({ ...parameter, value });
  }
  return succeeded({ ...inputs, parameters: bound });
}

function writtenValue(parameter: Parameter, scope: Scope): string | undefined {
  const written = parameter.value ?? parameter.default;
  return written === undefined ? undefined : new Substitution(scope, "lenient").text(written, parameter.name);
}

function missing(name: string, argument: TagValue): string {
  return argument === ABSENT
    ? `inputs.parameters.${name}: its argument refers to an output of a node that was skipped or omitted, and neither has a default`
    : `inputs.parameters.${name} was not supplied`;
}

/** The tag that a text consists of, if it is nothing but one tag. */
export function soleTag(text: string): string | undefined {
  const match = /^\{\{((?:(?!\{\{|\}\}).)*)\}\}$/s.exec(text.trim());
  return match?.[1]?.trim();
}
