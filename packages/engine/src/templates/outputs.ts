import { goText } from "@outrigger/expressions";
import type { Outputs, Parameter, Template } from "@outrigger/types";
import { evaluateExpression } from "../expressions/evaluate.ts";
import { surroundingsIn } from "../expressions/expression-tag.ts";
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

function outputValue(parameter: Parameter, scope: Scope, place: string): Outcome<string> {
  const resolved = givenValue(parameter, scope, place);
  const fallback = parameter.valueFrom?.default;
  return resolved.ok || fallback === undefined ? resolved : succeeded(fallback);
}

function givenValue({ value, valueFrom }: Parameter, scope: Scope, place: string): Outcome<string> {
  const expression = valueFrom?.expression;
  if (expression !== undefined) return evaluateOutput(expression, scope, `${place}.valueFrom.expression`);
  const written = value ?? valueFrom?.parameter;
  if (written === undefined) return failed(`${place} needs value, valueFrom.parameter or valueFrom.expression`);
  return resolveOutput(written, scope, place);
}

function evaluateOutput(source: string, scope: Scope, place: string): Outcome<string> {
  const result = evaluateExpression(source, surroundingsIn(scope, place), place);
  if (!result.ok) return result;
  if (result.value === null) return failed(`${place}: expression '${source}' gives nothing (nil)`);
  return succeeded(goText(result.value));
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
