import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ARGO_FUNCTIONS, compile, jsonText, valueOf } from "@outrigger/expressions";
import type { Json } from "@outrigger/expressions";
import { DIFFERENCES } from "./recorded/differences.ts";

interface Recorded {
  readonly expression: string;
  readonly result?: unknown;
  readonly error?: true;
}

const ENVIRONMENT: Readonly<Record<string, Json>> = {
  a: 1,
  b: 2,
  f: 2.5,
  s: "hello",
  t: true,
  n: null,
  list: [3, 1, 2],
  words: ["pear", "apple", "fig"],
  m: { x: 1, y: { z: "deep" } },
  users: [
    { name: "Ann", age: 31 },
    { name: "Bob", age: 25 },
    { name: "Cy", age: 31 },
  ],
};
const variables = new Map([
  ...ARGO_FUNCTIONS,
  ...Object.entries(ENVIRONMENT).map(([name, value]) => [name, valueOf(value)] as const),
]);

/** As the recorder writes it: the result as JSON, or that there is none. */
function evaluate(source: string): unknown {
  const compiled = compile(source);
  if (!compiled.ok) return "error";
  const result = compiled.value.evaluate({ variables, nowMs: 0, random: () => 0.5 });
  if (!result.ok) return "error";
  const json = jsonText(result.value);
  return json.ok ? (JSON.parse(json.value) as unknown) : "error";
}

describe.each(["language", "sprig"])("%s: what the real one was recorded to make of it", (name) => {
  const lines = readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Recorded);
  it.each(rows.filter(({ expression }) => !Object.hasOwn(DIFFERENCES, expression)))(
    "$expression",
    ({ expression, result, error }) => {
      expect(evaluate(expression)).toEqual(error === true ? "error" : result);
    },
  );

  it.each(rows.filter(({ expression }) => Object.hasOwn(DIFFERENCES, expression)))(
    "$expression is still different",
    ({ expression, result, error }) => {
      expect(evaluate(expression)).not.toEqual(error === true ? "error" : result);
    },
  );
});
