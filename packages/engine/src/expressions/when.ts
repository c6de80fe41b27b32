import { failed, succeeded } from "../outcome.ts";
import type { Failure, Outcome } from "../outcome.ts";
import { evaluate } from "./when/evaluate.ts";
import { tokenize } from "./when/lexer.ts";
import { parse } from "./when/parser.ts";
import { ExpressionError } from "./when/syntax-error.ts";

/**
 * Decides a `when` whose tags are replaced. The language is the one of Argo's `when`: words without quotes are text, `==` never
 * converts, `=~` takes a regular expression, and the whole must be true or false.
 */
export function evaluateWhen(text: string): Outcome<boolean> {
  if (text === "") return succeeded(true);
  try {
    const value = evaluate(parse(tokenize(text)));
    if (typeof value === "boolean") return succeeded(value);
    return problem(text, `it is ${JSON.stringify(value)}, not true or false`);
  } catch (error) {
    if (error instanceof ExpressionError) return problem(text, error.message);
    throw error;
  }
}

/** What is wrong with the grammar of a `when`; undefined if nothing is. */
export function checkWhen(text: string): string | undefined {
  try {
    parse(tokenize(text));
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

function problem(text: string, message: string): Failure {
  return failed(
    `invalid 'when' expression '${text}': ${message} (hint: put quotes around text and tags, as in '{{…}}' == 'my-value')`,
  );
}
