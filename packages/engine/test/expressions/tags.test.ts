import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Substitution } from "../../src/expressions/substitute.ts";
import { replaceTags, tagsOf } from "../../src/expressions/tags.ts";
import { fixedScope } from "../../src/scope/scope.ts";
import { soleTag } from "../../src/templates/arguments.ts";

const values: Readonly<Record<string, string>> = { a: "1", b: "{{a}}", "x.1": "found", "in-x": "1" };

function replaced(text: string): string {
  return replaceTags(text, (name, source) => values[name] ?? source);
}

describe("tags", () => {
  it.each([
    ["no tags", "no tags"],
    ["{{a}}", "1"],
    ["{{ a }}-{{a}}", "1-1"],
    ["{{b}}", "{{a}}"],
    ["{{unknown}}", "{{unknown}}"],
    ["{{ unknown }}", "{{ unknown }}"],
    ["{{x.{{a}}}}", "found"],
    ["{{x.{{in-x}}}} {{x.{{unknown}}}}", "found {{x.{{unknown}}}}"],
    ["{{a", "{{a"],
    ["a}} {{a}}", "a}} 1"],
    ["{{ open {{a}}", "{{ open 1"],
    ['{"a":{"b":"{{a}}"}}', '{"a":{"b":"1"}}'],
    ["{{{a}}}", "{{{a}}}"],
    ["", ""],
  ])("%j becomes %j", (text, result) => {
    expect(replaced(text)).toBe(result);
  });

  it("leave a text as it is when nothing is replaced", () => {
    const texts = fc.string({ unit: fc.constantFrom("{", "}", "{{", "}}", "a", " ", ".") });
    fc.assert(
      fc.property(texts, (text) => {
        expect(replaceTags(text, (_name, source) => source)).toBe(text);
      }),
    );
  });

  it("take time in proportion to the text, however often braces open", () => {
    const text = "{{".repeat(50_000);
    expect(replaceTags(text, () => "")).toBe(text);
  });

  it("are listed inner ones first", () => {
    expect(tagsOf("{{x.{{a}}}} {{=1}}")).toEqual(["a", "x.{{a}}", "=1"]);
  });

  it.each([
    ["{{a}}", "a"],
    [" {{ a }} ", "a"],
    ["{{a}}{{b}}", undefined],
    ["x{{a}}", undefined],
    ["{{a.{{b}}}}", undefined],
  ])("%j stands alone: %j", (text, tag) => {
    expect(soleTag(text)).toBe(tag);
  });
});

describe("substitution", () => {
  it("reaches every text of a value, keys included, and nothing else", () => {
    const substitution = new Substitution(fixedScope(values));
    expect(substitution.json({ "{{a}}": ["{{a}}", 2, null, { deep: "{{a}}" }] }, "here")).toEqual({
      "1": ["1", 2, null, { deep: "1" }],
    });
    expect(substitution.problem).toBeUndefined();
  });

  it("tells the first tag of ours that nothing stands behind; text of others is left alone", () => {
    const substitution = new Substitution(fixedScope({ "steps.a.id": "1", "steps.a.status": "Succeeded" }));
    expect(substitution.text("{{ .Values.x }} {{steps.a.nope}} {{steps.b.id}}", "here")).toContain("{{steps.a.nope}}");
    expect(substitution.problem).toBe(
      "unable to resolve {{steps.a.nope}} in here; known here: steps.a.id, steps.a.status",
    );
  });
});
