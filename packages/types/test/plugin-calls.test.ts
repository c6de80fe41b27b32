import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "@outrigger/types";
import {
  executeRequest,
  nobodyMessage,
  parseFirstJsonValue,
  pluginsToAsk,
  pollTime,
  taskFacts,
  waitingMessage,
  withoutTaskFacts,
} from "@outrigger/types";

describe("the first JSON value of a text", () => {
  it.each([
    ['{"a":1}{"b":2}', { a: 1 }],
    ['{"a":1}\n{"b":2}\n', { a: 1 }],
    [" [1,[2]] trailing", [1, [2]]],
    ['{"a":"}{\\"]"} x', { a: '}{"]' }],
    ['{"a":"\\\\"}}', { a: "\\" }],
    ["null null", null],
    ["null{}", null],
    ['"a b" "c"', "a b"],
    ["12 13", 12],
    ["true\nfalse", true],
  ])("%s", (text, want) => {
    expect(parseFirstJsonValue(text)).toEqual(want);
  });

  it.each(["", "{", '{"a":1', "}", "hello", '{"a" 1} {}', '"open', "<html>{}</html>"])("%o has none", (text) => {
    expect(() => parseFirstJsonValue(text)).toThrow(SyntaxError);
  });

  it("is found whatever follows", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (first, second) => {
        const text = JSON.stringify(first);
        expect(JSON.stringify(parseFirstJsonValue(`${text}\n${JSON.stringify(second)}`))).toBe(text);
      }),
    );
  });
});

describe("the time until the next poll", () => {
  it.each([
    [120_000, { afterMs: 120_000 }],
    [500, { afterMs: 500 }],
    [0.001, { afterMs: 10 }],
    [undefined, { afterMs: 10_000, remark: "the plugin gave no requeue time: polled every 10s" }],
    [0, { afterMs: 10_000, remark: "the plugin gave no requeue time: polled every 10s" }],
    [
      9_223_372_036_854,
      { afterMs: 86_400_000, remark: "requeue 2562047h47m16.854s is too long: polled again after 24h0m0s" },
    ],
  ])("for a requeue of %s ms", (requeueMs, want) => {
    expect(pollTime(requeueMs, 10_000)).toEqual(want);
  });
});

describe("what a node says that is polled again", () => {
  const remark = "the plugin gave no requeue time: polled every 10s";

  it.each([
    ["started", { afterMs: 60_000 }, "started"],
    ["started", { afterMs: 10_000, remark }, `started (${remark})`],
    ["", { afterMs: 10_000, remark }, remark],
    [undefined, { afterMs: 60_000 }, "polled again at 1970-01-01T00:01:00.000Z"],
    ["", { afterMs: 100 }, ""],
    [undefined, { afterMs: 100 }, undefined],
  ])("%o, %j", (said, time, want) => {
    expect(waitingMessage(said, time, 0)).toBe(want);
  });
});

describe("the request of a task", () => {
  const workflow = { name: "wf", namespace: "argo", uid: "uid-1" };
  const options = { workflow, nodeId: "wf-1", facts: taskFacts({}), state: undefined, traceparent: undefined };

  it("always has name, inputs, outputs and metadata, and nothing that is null", () => {
    const { body } = executeRequest({
      ...options,
      template: { plugin: { hello: null }, ...(JSON.parse('{"timeout":"5m","volumes":null}') as object) },
    });
    expect(body).toEqual({
      workflow: { metadata: workflow },
      template: { name: "", inputs: {}, outputs: {}, metadata: {}, plugin: { hello: null }, timeout: "5m" },
      node: { id: "wf-1", attempt: 0, idempotencyKey: "uid-1/wf-1/0" },
    });
  });

  it("gives every input parameter a value", () => {
    const parameters = [{ name: "a", value: "1" }, { name: "b", default: "2" }, { name: "c" }];
    const { body } = executeRequest({ ...options, template: { inputs: { parameters }, plugin: { hello: {} } } });
    expect(body.template.inputs.parameters?.map(({ value }) => value)).toEqual(["1", "2", ""]);
  });

  it("carries state and trace beside the template, and the key in a header", () => {
    const { body, headers } = executeRequest({
      ...options,
      template: { plugin: { hello: {} } },
      state: { page: 2 },
      traceparent: "00-1-2-01",
    });
    expect(body.state).toEqual({ page: 2 });
    expect(body.node?.traceparent).toBe("00-1-2-01");
    expect(headers).toEqual({
      "Idempotency-Key": "uid-1/wf-1/0",
      "Outrigger-Node-Id": "wf-1",
      "Outrigger-Attempt": "0",
      traceparent: "00-1-2-01",
    });
  });
});

describe("what a task carries beside its template", () => {
  const announced = (annotations: object) => JSON.parse(JSON.stringify({ metadata: { annotations } })) as JsonValue;
  const none = { nodeName: undefined, attempt: 0, retries: 0, deadlineMs: undefined };

  it.each([
    [{ "outrigger.dev/attempt": "2" }, { ...none, attempt: 2 }],
    [{ "outrigger.dev/retries": "3" }, { ...none, retries: 3 }],
    [{ "outrigger.dev/node-name": "wf[0].a" }, { ...none, nodeName: "wf[0].a" }],
    [{ "outrigger.dev/deadline": "1970-01-01T00:01:00+01:00" }, { ...none, deadlineMs: -3_540_000 }],
    [{ "outrigger.dev/attempt": "-1", "outrigger.dev/deadline": "soon" }, none],
    [{ "outrigger.dev/attempt": 2, "outrigger.dev/deadline": null }, none],
  ])("%j", (annotations, want) => {
    expect(taskFacts(announced(annotations))).toEqual(want);
  });

  it.each([null, "text", {}, { metadata: [] }, { metadata: { annotations: "x" } }])("%j: nothing", (template) => {
    expect(taskFacts(template as JsonValue)).toEqual(none);
  });

  it("is taken out; what the author has written stays", () => {
    const facts = {
      "outrigger.dev/attempt": "1",
      "outrigger.dev/retries": "1",
      "outrigger.dev/deadline": "x",
      "outrigger.dev/cancel": "y",
      "outrigger.dev/node-name": "n",
    };
    expect(
      withoutTaskFacts({ labels: { a: "b" }, annotations: { ...facts, "outrigger.dev/cancel-until": "z" } }),
    ).toEqual({
      labels: { a: "b" },
    });
    const own = { "outrigger.dev/mine": "1", team: "a" };
    expect(withoutTaskFacts({ annotations: { ...facts, ...own } })).toEqual({ annotations: own });
  });
});

describe("which plugins to ask", () => {
  const plugins = [
    { name: "argo-atomic-plugin", keys: undefined },
    { name: "hello-executor-plugin", keys: undefined },
    { name: "slack-executor-plugin", keys: ["slack", "notify"] },
  ];

  it.each([
    ["hello", [1]],
    ["Hello_", [1]],
    ["argo-atomic-plugin", [0]],
    ["slack", [2]],
    ["notify", [2]],
    ["python", [0, 1, 2]],
  ])("for %s", (key, want) => {
    expect(pluginsToAsk(key, plugins)).toEqual(want);
  });

  it("goes by what a plugin claims before what its name says", () => {
    const claiming = { name: "greetings-executor-plugin", keys: ["hello"] };
    expect(pluginsToAsk("hello", [...plugins, claiming])).toEqual([3]);
  });

  it("is told if nobody has run the template", () => {
    expect(nobodyMessage("x", ["a"], [])).toBe('no plugin executed the template: a declined the key "x"');
    expect(nobodyMessage("x", ["a", "b", "c"], ["d"])).toBe(
      'no plugin executed the template: a, b and c declined the key "x"; d cannot run templates (404)',
    );
    expect(nobodyMessage("x", [], [])).toBe(
      'no plugin executed the template: the agent has no plugin to ask for the key "x"',
    );
  });
});
