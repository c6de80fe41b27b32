import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tryPattern as matchesPattern } from "../src/pattern/try-pattern.ts";

const atom = fc.oneof(
  fc.constantFrom("a", "b", "c", ".", "\\d", "\\w", "\\s", "[ab]", "[^a]", "[a-c]", "1", " ", "\\.", "[\\d.]"),
  fc.constantFrom("^", "$", "\\b", "\\B"),
);
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?");

const pattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.oneof(
    fc.array(tie("piece"), { minLength: 0, maxLength: 4 }).map((pieces) => pieces.join("")),
    fc.tuple(tie("piece"), tie("piece")).map(([left, right]) => `${left}|${right}`),
  ),
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, quantifier).map(([item, count]) => (/^(\^|\$|\\b|\\B)$/i.test(item) ? item : item + count)),
    fc.tuple(tie("pattern"), quantifier).map(([inner, count]) => `(${inner})${count}`),
  ),
})).pattern;

const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", " ", ".", "\n", "é"), maxLength: 12 });

describe("regular expressions", () => {
  it("match what JavaScript's engine matches, in the language that both share", () => {
    fc.assert(
      fc.property(pattern, text, (source, candidate) => {
        const ours = matchesPattern(candidate, source);
        // Go's \s knows no other blanks, and its \w and \d are ASCII, as in JavaScript without flags.
        expect(ours).toEqual({ ok: true, value: new RegExp(source, "u").test(candidate) });
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["Hello", "(?i)hello", true],
    ["a\nb", "a.b", false],
    ["a\nb", "(?s)a.b", true],
    ["a\nb", "^b$", false],
    ["a\nb", "(?m)^b$", true],
    ["x", "(?P<name>x)", true],
    ["x", "(?:x)", true],
    ["ABC", "a(?i:b)c", false],
    ["aBc", "a(?i:b)c", true],
    ["-]", "^[]-]+$", true],
    ["a-b", "^[\\w-]+$", true],
    ["é", "^\\x{e9}$", true],
    ["7f", "^[[:xdigit:]]+$", true],
    ["x", "^[[:^digit:]]$", true],
    ["a{", "a{", true],
    ["日本", "^..$", true],
  ])("%j =~ %j is %s", (candidate, source, matched) => {
    expect(matchesPattern(candidate, source)).toEqual({ ok: true, value: matched });
  });

  it.each([
    ["(", "a parenthesis is never closed"],
    [")", "a closing parenthesis has no partner"],
    ["[a", "[ is never closed"],
    ["*", "nothing stands before *"],
    ["a{2,1}", "{2,1} is backwards"],
    ["a{5000}", "repeats more than 1000 times"],
    ["(a{1000}){1000}", "it is too large"],
    ["[z-a]", "the range z-a is backwards"],
    ["(?=a)", "(?=a is not supported"],
    ["\\p{Greek}", "\\p is not supported"],
    ["[[:nope:]]", "[:nope:] is not a known class"],
    ["[[:constructor:]]", "[:constructor:] is not a known class"],
    ["(".repeat(200), "nested more than 100 deep"],
  ])("%j is refused: %s", (source, message) => {
    const result = matchesPattern("", source);
    expect(result.ok ? "" : result.message).toContain(message);
  });

  it("take time in proportion to the text, whatever the pattern", () => {
    const began = performance.now();
    expect(matchesPattern(`${"a".repeat(20_000)}!`, "^(a+)+$")).toEqual({ ok: true, value: false });
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
