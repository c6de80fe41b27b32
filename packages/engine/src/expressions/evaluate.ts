import { compile } from "@outrigger/expressions";
import type { Expression, Value } from "@outrigger/expressions";
import { failed, succeeded } from "../outcome.ts";
import type { Failure, Outcome } from "../outcome.ts";
import { chanceOf } from "./chance.ts";
import type { Surroundings } from "./surroundings.ts";

const REMEMBERED = 1_000;
const compiled = new Map<string, Outcome<Expression>>();

/** Reads an expression; what has been read is remembered. */
export function compileExpression(source: string): Outcome<Expression> {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (compiled.size >= REMEMBERED) compiled.clear();
  const result = compile(source);
  compiled.set(source, result);
  return result;
}

/** The value of an expression; `place` says in messages where it stands, such as `spec.templates[0].retryStrategy.expression`. */
export function evaluateExpression(source: string, surroundings: Surroundings, place: string): Outcome<Value> {
  const expression = compileExpression(source);
  if (!expression.ok) return problem(place, source, expression.message);
  const result = expression.value.evaluate({
    variables: surroundings.variables(expression.value.references),
    nowMs: surroundings.nowMs,
    random: chanceOf(surroundings.seed + source),
  });
  return result.ok ? succeeded(result.value) : problem(place, source, result.message);
}

/** The same for an expression that must be true or false. */
export function evaluateCondition(source: string, surroundings: Surroundings, place: string): Outcome<boolean> {
  const result = evaluateExpression(source, surroundings, place);
  if (!result.ok) return result;
  if (typeof result.value === "boolean") return succeeded(result.value);
  return problem(place, source, "it is not true or false");
}

function problem(place: string, source: string, message: string): Failure {
  return failed(`${place}: expression '${source}': ${message}`);
}
