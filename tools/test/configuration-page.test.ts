import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const VARIABLE = /\b(?:ARGO|OUTRIGGER)_[A-Z_]+\b/g;
// For the embedded cluster's own bookkeeping.
const INTERNAL = new Set(["OUTRIGGER_LOCAL_RUNTIME"]);

function variablesIn(text: string): readonly string[] {
  return [...new Set(text.match(VARIABLE))].filter((name) => !INTERNAL.has(name)).sort();
}

it("docs/reference/configuration.md tells of each variable that is read, and of no other", () => {
  const sources = globSync("packages/*/src/**/*.ts", { cwd: ROOT }).map((file) =>
    readFileSync(join(ROOT, file), "utf8"),
  );
  const declared = sources.flatMap((text) => [...text.matchAll(/ENV_\w+ = "(\w+)"/g)].map(([, name = ""]) => name));
  const page = readFileSync(join(ROOT, "docs/reference/configuration.md"), "utf8");
  expect(variablesIn(page)).toEqual(variablesIn(declared.join(" ")));
});
