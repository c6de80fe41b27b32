import { describe, expect, it } from "vitest";
import { checkWhen, evaluateWhen } from "../../src/expressions/when.ts";
import { RECORDED } from "./when-recorded.ts";

/** Expressions that ours understands although Argo's does not. */
const UNDERSTOOD: Readonly<Record<string, boolean>> = {
  "foo.bar == foo.bar": true,
  "v1.2 == v1.2": true,
  "'a\\'b' == \"a'b\"": true,
  "3>-2": true,
  "!!true": true,
};

/** Expressions that mean something else, or nothing, in ours. */
const GIVEN_UP: Readonly<Record<string, string>> = {
  "'2020-01-01' == '2020-01-01T00:00:00Z'": "text that looks like a time is text",
  "1 & 1 == 1": "no arithmetic with bits",
};

function outcome(expression: string): string {
  const result = evaluateWhen(expression);
  return result.ok ? String(result.value) : "error";
}

describe("a when expression comes to what Argo makes of it", () => {
  const comparable = RECORDED.filter(([expression]) => !(expression in UNDERSTOOD) && !(expression in GIVEN_UP));
  it.each(comparable)("%s -> %s", (expression, result) => {
    expect(outcome(expression)).toBe(result);
  });
});

describe("ours understands a little more", () => {
  it.each(Object.entries(UNDERSTOOD))("%s -> %s", (expression, result) => {
    expect(RECORDED.find(([recorded]) => recorded === expression)?.[1]).toBe("error");
    expect(outcome(expression)).toBe(String(result));
  });
});

describe("what is given up differs indeed", () => {
  it.each(Object.keys(GIVEN_UP))("%s", (expression) => {
    expect(outcome(expression)).not.toBe(RECORDED.find(([recorded]) => recorded === expression)?.[1]);
  });
});

describe("a broken expression is explained", () => {
  it.each([
    ["my-value == my-value", "my cannot be used with -: it is not a number"],
    [" == foo", "a value should stand before =="],
    ["foo ==", "it ends where a value should follow"],
    ["a b", "an operator should stand before b"],
    ["(a == a", "a parenthesis is never closed"],
    ["a == a)", "a closing parenthesis has no partner"],
    ["a == 'b", "' is never closed"],
    ["a = b", "= is not part of the language"],
    ["1.2.3 == 1", "1.2.3 is not a number"],
    ["a in (a)", "a list of two or more does"],
    ["a =~ '['", "'[' is not a regular expression: [ is never closed"],
    ["a", 'it is "a", not true or false'],
    [`${"(".repeat(300)}1`, "nested more than 200 deep"],
    [`1${" + 1".repeat(2_000)} == 1`, "more than 2000 words and operators"],
  ])("%s", (expression, message) => {
    const result = evaluateWhen(expression);
    expect(result.ok ? "" : result.message).toContain(message);
  });

  it("is found before it is evaluated where it has no tags", () => {
    expect(checkWhen("a ==")).toBe("it ends where a value should follow");
    expect(checkWhen("a == b && !(c in (d, e))")).toBeUndefined();
  });
});
