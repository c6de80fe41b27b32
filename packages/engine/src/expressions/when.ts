import { ExpressionError } from "./when/syntax-error.ts";
import { evaluate } from "./when/evaluate.ts";
import { tokenize } from "./when/lexer.ts";
import { parse } from "./when/parser.ts";

export type WhenResult =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Decides a `when` whose tags are replaced. The language is the one of Argo's `when`: words without quotes are text, `==` never
 * converts, `=~` takes a regular expression, and the whole must be true or false.
 */
export function evaluateWhen(text: string): WhenResult {
  if (text === "") return { ok: true, value: true };
  try {
    const value = evaluate(parse(tokenize(text)));
    if (typeof value === "boolean") return { ok: true, value };
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

function problem(text: string, message: string): WhenResult {
  return {
    ok: false,
    message: `invalid 'when' expression '${text}': ${message} (hint: put quotes around text and tags, as in '{{…}}' == 'my-value')`,
  };
}
