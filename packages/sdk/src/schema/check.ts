import { childPath, formatIssues } from "@outrigger/types";
import { messageOf } from "../message-of.ts";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

export type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

// A node's message is read by people, and travels with the Workflow.
const MAX_ISSUES = 10;
const MAX_ISSUE_CHARACTERS = 200;

/** What the schema makes of a value, or all that it has against it, in one line. Without a schema everything fits. */
export async function check(schema: StandardSchema | undefined, value: unknown, place: string): Promise<Checked> {
  if (schema === undefined) return { ok: true, value };
  try {
    const verdict = await schema["~standard"].validate(value);
    if (verdict.issues === undefined) return { ok: true, value: verdict.value };
    return { ok: false, problem: problemOf(verdict.issues, place) };
  } catch (error) {
    return { ok: false, problem: `${place} cannot be checked, its schema failed: ${messageOf(error)}` };
  }
}

function problemOf(issues: readonly SchemaIssue[], place: string): string {
  const shown = issues
    .slice(0, MAX_ISSUES)
    .map(({ message, path = [] }) => ({ path: `${placeOf(place, path)}:`, message: cut(message) }));
  const more = issues.length - shown.length;
  return `${formatIssues(shown)}${more > 0 ? `; and ${more} more` : ""}`;
}

function placeOf(place: string, path: NonNullable<SchemaIssue["path"]>): string {
  return path.reduce<string>((above, segment) => {
    const key = typeof segment === "object" ? segment.key : segment;
    return typeof key === "number" ? `${above}[${key}]` : childPath(above, String(key));
  }, place);
}

function cut(message: string): string {
  return message.length > MAX_ISSUE_CHARACTERS ? `${message.slice(0, MAX_ISSUE_CHARACTERS)}…` : message;
}
