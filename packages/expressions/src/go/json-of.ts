import { attempt } from "../error.ts";
import type { Problem } from "../error.ts";
import type { Value } from "../value.ts";
import { jsonText } from "./json.ts";

/** A value as Go writes it in JSON, or why JSON cannot say it. */
export function jsonOf(value: Value): { readonly ok: true; readonly value: string } | Problem {
  return attempt("", () => jsonText(value));
}
