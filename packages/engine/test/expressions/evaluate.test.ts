import { describe, expect, it } from "vitest";
import { evaluateCondition, evaluateExpression } from "../../src/expressions/evaluate.ts";
import { environmentOf, surroundingsOf } from "../../src/expressions/surroundings.ts";
import { fixedScope } from "../../src/scope/scope.ts";

const moment = { nowMs: Date.UTC(2026, 0, 2), seed: "WF-UID/node-1" };

const scope = fixedScope({
  "inputs.parameters": "[]",
  "inputs.parameters.message": "hello",
  "steps.a-b.outputs.result": "word",
  "steps.a-b.status": "Succeeded",
  "workflow.parameters.x": "5",
  item: "3",
});

describe("expressions of a Workflow", () => {
  it.each([
    ["inputs.parameters.message", "hello"],
    ["inputs.parameters['message']", "hello"],
    ["steps['a-b'].outputs.result", "word"],
    ["asInt(workflow.parameters.x) + asInt(item)", 8n],
    ["len(inputs.parameters)", 1n],
    ["steps['a-b'].nothing ?? 'none'", "none"],
    ["string(now().Year())", "2026"],
  ])("%s", (source, value) => {
    expect(evaluateExpression(source, environmentOf(scope, moment), "spec")).toEqual({ ok: true, value });
  });

  it("say where they stand and what is wrong", () => {
    expect(evaluateExpression("1 +", environmentOf(scope, moment), "spec.hooks.x.expression")).toEqual({
      ok: false,
      message: "spec.hooks.x.expression: expression '1 +': unexpected end of expression (1:4)",
    });
    expect(evaluateExpression("tasks.a.status", environmentOf(scope, moment), "spec")).toMatchObject({
      message: expect.stringContaining("there is no variable tasks (1:1)") as string,
    });
  });

  it("take other variables as data", () => {
    const response = surroundingsOf({ response: { statusCode: 200, headers: { "X-A": ["1"] } } }, moment);
    const condition = "response.statusCode == 200 && '1' in response.headers['X-A']";
    expect(evaluateCondition(condition, response, "p")).toEqual({ ok: true, value: true });
    expect(evaluateCondition("response.statusCode", response, "p").ok).toBe(false);
  });
});
