import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CASES, differingFields, isAllowed } from "./compare.ts";
import { DIFFERENCES } from "./differences.ts";
import { play } from "./play.ts";

const names = readdirSync(CASES).map((file) => file.replace(/\.yaml$/, ""));

function pathOf(name: string): string {
  return new URL(`${name}.yaml`, CASES).pathname;
}

function differing(name: string, options: { readonly lagging?: boolean } = {}): readonly string[] {
  return differingFields(name, play(pathOf(name), options).workflow);
}

describe("a Workflow ends as Argo 4.1.2 ended it on a real cluster", () => {
  it.each(names)("%s", (name) => {
    expect(differing(name).filter((field) => !isAllowed(name, field))).toEqual([]);
  });
});

describe("and does so when the saved Workflow lags behind its task set", () => {
  it.each(names)("%s", (name) => {
    expect(differing(name, { lagging: true }).filter((field) => !isAllowed(name, field))).toEqual([]);
  });
});

describe("the list of differences", () => {
  it.each(DIFFERENCES.flatMap((difference) => difference.fields.map((field) => [difference.case, field] as const)))(
    "still needs %s: %s",
    (name, entry) => {
      const prefix = entry.endsWith("*") ? entry.slice(0, -1) : undefined;
      expect(differing(name).some((field) => (prefix === undefined ? field === entry : field.startsWith(prefix)))).toBe(true);
    },
  );

  it("names only cases that exist", () => {
    expect(DIFFERENCES.map((difference) => difference.case).filter((name) => !names.includes(name))).toEqual([]);
  });
});
