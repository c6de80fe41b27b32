import { readFileSync } from "node:fs";
import type { Workflow } from "@outrigger/types";
import { DIFFERENCES } from "./differences.ts";
import { flatten } from "./flatten.ts";
import { normalise } from "./normalise.ts";

export const CASES = new URL("./cases/", import.meta.url);
const RECORDED = new URL("./argo-4.1.2/", import.meta.url);

/** The fields in which the end of a case differs from the recorded one. */
export function differingFields(name: string, ended: Workflow): readonly string[] {
  const ours = flatten(normalise(ended));
  const theirs = flatten(JSON.parse(readFileSync(new URL(`${name}.json`, RECORDED), "utf8")));
  const fields = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...fields].filter((field) => ours[field] !== theirs[field]).sort();
}

export function isAllowed(name: string, field: string, differences = DIFFERENCES): boolean {
  const allowed = differences.filter((difference) => difference.case === name).flatMap(({ fields }) => fields);
  return allowed.some((entry) => (entry.endsWith("*") ? field.startsWith(entry.slice(0, -1)) : field === entry));
}
