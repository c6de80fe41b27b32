import { ExpressionError } from "../error.ts";
import { matchesPattern } from "./matcher.ts";

/** Whether a regular expression (RE2's syntax, as Go takes it) matches somewhere in a text, or what is wrong with it. */
export function tryPattern(
  text: string,
  source: string,
): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: matchesPattern(text, source) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ok: false, message: error.message };
  }
}
