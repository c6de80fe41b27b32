import type { Outputs, Parameter, Template } from "@outrigger/types";
import { Substitution, knownHere } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Scope } from "../scope/scope.ts";
import { soleTag } from "./arguments.ts";

/** What a template of steps or tasks puts out, taken from what its calls put out. */
export function templateOutputs(template: Template, scope: Scope, place: string): Outcome<Outputs | undefined> {
  const declared = template.outputs?.parameters ?? [];
  if (declared.length === 0) return succeeded(undefined);
  const parameters: Parameter[] = [];
  for (const parameter of declared) {
    const value = outputValue(parameter, scope, `${place}.outputs.parameters.${parameter.name}`);
    if (!value.ok) return value;
    const { valueFrom: _source, ...rest } = parameter;
    parameters.push({ ...rest, value: value.value });
  }
  return succeeded({ parameters });
}

function outputValue({ value, valueFrom }: Parameter, scope: Scope, place: string): Outcome<string> {
  const written = value ?? valueFrom?.parameter;
  if (written === undefined) return failed(`${place} needs value or valueFrom.parameter`);
  const resolved = resolveOutput(written, scope, place);
  return resolved.ok || valueFrom?.default === undefined ? resolved : succeeded(valueFrom.default);
}

function resolveOutput(written: string, scope: Scope, place: string): Outcome<string> {
  const tag = soleTag(written);
  const value = tag === undefined ? undefined : scope.get(tag);
  if (typeof value === "string") return succeeded(value);
  if (tag !== undefined && value === undefined)
    return failed(`unable to resolve {{${tag}}} in ${place}; ${knownHere(tag, scope)}`);
  const substitution = new Substitution(scope);
  const text = substitution.text(written, place);
  return substitution.problem === undefined ? succeeded(text) : failed(substitution.problem);
}
