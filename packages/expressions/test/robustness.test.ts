import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ARGO_FUNCTIONS, compile } from "@outrigger/expressions";

const PIECES =
  "a b list map ( ) [ ] { } . , : ; ? ?? ?. | # + - * / % ** == != < > in not and or \" ' ` 1 2.5 .. let = filter sprig.upper nil true if else $env".split(
    " ",
  );
const noise = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), { maxLength: 25 })
  .map((parts) => parts.join(" "));

function evaluate(source: string): { readonly ok: boolean } {
  const compiled = compile(source);
  if (!compiled.ok) return compiled;
  return compiled.value.evaluate({ variables: ARGO_FUNCTIONS, nowMs: 0, random: () => 0.5 });
}

describe("whatever someone writes", () => {
  it("is evaluated or refused: nothing is thrown", () => {
    fc.assert(
      fc.property(noise, (source) => {
        expect(typeof evaluate(source).ok).toBe("boolean");
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["text without an end", "repeat('x', 1000000000)"],
    ["lists of lists", "map(1..3000, map(1..3000, #))"],
    ["nesting without an end", `${"(".repeat(5_000)}1${")".repeat(5_000)}`],
    ["a long sum", Array.from({ length: 9_000 }, () => "1").join("+")],
    ["a range without an end", "1..999999999"],
    ["a pattern that takes for ever elsewhere", "repeat('a', 30000) matches '(a+)+$b'"],
  ])("%s is bounded", (_what, source) => {
    expect(typeof evaluate(source).ok).toBe("boolean");
  });
});
