import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ARGO_FUNCTIONS, compile, jsonText } from "@outrigger/expressions";

const page = readFileSync(new URL("../../../docs/expressions.md", import.meta.url), "utf8");
// Rows of two columns that are code: in a table, a bar in code is written as `\|`.
const examples = page.slice(page.indexOf("## By example"));
const rows = [...examples.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(([, source = "", result = ""]) => [
  source.replaceAll("\\|", "|"),
  result,
]);

describe("docs/expressions.md", () => {
  it.each(rows)("%s", (source = "", result) => {
    const compiled = compile(source);
    if (!compiled.ok) throw new Error(compiled.message);
    const value = compiled.value.evaluate({ variables: ARGO_FUNCTIONS, nowMs: 0, random: () => 0.5 });
    if (!value.ok) throw new Error(value.message);
    expect(jsonText(value.value)).toEqual({ ok: true, value: result });
  });

  it("has examples", () => {
    expect(rows.length).toBeGreaterThan(20);
  });
});
