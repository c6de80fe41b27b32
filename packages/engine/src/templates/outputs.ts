import type { Outputs, Parameter, Template } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { ABSENT } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { failed, soleTag, succeeded } from "./arguments.ts";
import type { Outcome } from "./arguments.ts";

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

function outputValue(parameter: Parameter, scope: Scope, place: string): Outcome<string> {
  const written = parameter.value ?? parameter.valueFrom?.parameter;
  const fallback = parameter.valueFrom?.default;
  if (written === undefined) return failed(`${place} needs value or valueFrom.parameter`);
  const tag = soleTag(written);
  const value = tag === undefined ? undefined : scope.get(tag);
  if (typeof value === "string") return succeeded(value);
  if (value === ABSENT && fallback === undefined) {
    return failed(`${place}: {{${tag}}} has no value, since its node was skipped or omitted, and no default is declared`);
  }
  const substitution = new Substitution(scope);
  const text = substitution.text(written, place);
  if (substitution.problem === undefined) return succeeded(text);
  return fallback === undefined ? failed(substitution.problem) : succeeded(fallback);
}
