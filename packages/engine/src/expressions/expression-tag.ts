import { jsonText, refersTo } from "@outrigger/expressions";
import type { Value } from "@outrigger/expressions";
import type { Scope } from "../scope/scope.ts";
import { compileExpression, evaluateExpression } from "./evaluate.ts";
import { environmentOf } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";

/** What stands for an expression tag: a text, or why there is none. */
export type TagResult =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing"; readonly name: string }
  | { readonly kind: "problem"; readonly message: string };

/** Evaluates a tag such as `=asInt(item) + 1`. Text stands for itself, all else as JSON. */
export function evaluateTag(tag: string, scope: Scope, place: string): TagResult {
  const source = expressionOf(tag);
  const surroundings = surroundingsIn(scope, place);
  const missing = missingName(source, surroundings);
  if (missing !== undefined) return { kind: "missing", name: missing };
  const result = evaluateExpression(source, surroundings, place);
  if (!result.ok) return { kind: "problem", message: result.message };
  if (result.value === null)
    return { kind: "problem", message: `${place}: expression '${source}' gives nothing (nil)` };
  return textOf(result.value, source, place);
}

/** What an expression at a place of a Workflow can see. */
export function surroundingsIn(scope: Scope, place: string): Surroundings {
  return environmentOf(scope, { nowMs: scope.nowMs ?? 0, seed: `${scope.seed ?? ""}/${place}` });
}

/** The expression of a tag. */
export function expressionOf(tag: string): string {
  return tag.slice(1);
}

// The first name that is not known, and that nothing in the expression stands in for.
function missingName(source: string, surroundings: Surroundings): string | undefined {
  const expression = compileExpression(source);
  if (!expression.ok) return undefined;
  const { references } = expression.value;
  const variables = surroundings.variables(references);
  return references.find((reference) => !refersTo(reference, variables))?.path;
}

function textOf(value: Value, source: string, place: string): TagResult {
  if (typeof value === "string") return { kind: "text", text: value };
  const json = jsonText(value);
  if (json.ok) return { kind: "text", text: json.value };
  return { kind: "problem", message: `${place}: expression '${source}': ${json.message}` };
}
