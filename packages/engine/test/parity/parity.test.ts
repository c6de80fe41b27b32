import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIFFERENCES } from "./differences.ts";
import { flatten } from "./flatten.ts";
import { normalise } from "./normalise.ts";
import { play } from "./play.ts";

const CASES = new URL("./cases/", import.meta.url);
const RECORDED = new URL("./argo-4.1.2/", import.meta.url);
const names = readdirSync(CASES).map((file) => file.replace(/\.yaml$/, ""));

function pathOf(name: string): string {
  return new URL(`${name}.yaml`, CASES).pathname;
}

/** The fields in which the end of a case differs from the recorded one. */
function differingFields(name: string, options: { readonly lagging?: boolean } = {}): readonly string[] {
  const ours = flatten(normalise(play(pathOf(name), options).workflow));
  const theirs = flatten(JSON.parse(readFileSync(new URL(`${name}.json`, RECORDED), "utf8")));
  const fields = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...fields].filter((field) => ours[field] !== theirs[field]).sort();
}

function isAllowed(name: string, field: string): boolean {
  const allowed = DIFFERENCES.filter((difference) => difference.case === name).flatMap(({ fields }) => fields);
  return allowed.some((entry) => (entry.endsWith("*") ? field.startsWith(entry.slice(0, -1)) : field === entry));
}

describe("a Workflow ends as Argo 4.1.2 ended it on a real cluster", () => {
  it.each(names)("%s", (name) => {
    expect(differingFields(name).filter((field) => !isAllowed(name, field))).toEqual([]);
  });
});

describe("and does so when the saved Workflow lags behind its task set", () => {
  it.each(names)("%s", (name) => {
    expect(differingFields(name, { lagging: true }).filter((field) => !isAllowed(name, field))).toEqual([]);
  });
});

describe("the list of differences", () => {
  it.each(DIFFERENCES.flatMap((difference) => difference.fields.map((field) => [difference.case, field] as const)))(
    "still needs %s: %s",
    (name, entry) => {
      const prefix = entry.endsWith("*") ? entry.slice(0, -1) : undefined;
      const differing = differingFields(name);
      expect(differing.some((field) => (prefix === undefined ? field === entry : field.startsWith(prefix)))).toBe(true);
    },
  );

  it("names only cases that exist", () => {
    expect(DIFFERENCES.map((difference) => difference.case).filter((name) => !names.includes(name))).toEqual([]);
  });
});
