import { describe, expect, it } from "vitest";
import { formatIssues, workflowParser } from "@outrigger/types";

function issuesOf(workflow: unknown): string {
  const parsed = workflowParser(workflow, "");
  return parsed.ok ? "" : formatIssues(parsed.issues);
}

const template = { name: "main", plugin: { hello: {} } };

describe("reading a Workflow", () => {
  const bad: Record<string, { workflow: unknown; want: string }> = {
    "an unquoted n, which YAML 1.1 reads as false": {
      workflow: { metadata: {}, spec: { templates: [{ ...template, name: false }] } },
      want: "spec.templates[0].name must be a string, not false (quote it",
    },
    "a list where an object belongs": { workflow: { metadata: {}, spec: [] }, want: "spec must be an object, not []" },
    "a template that is null": {
      workflow: { metadata: {}, spec: { templates: [null] } },
      want: "spec.templates[0] must be an object, not null",
    },
    "a plugin body with two keys": {
      workflow: { metadata: {}, spec: { templates: [{ name: "main", plugin: { a: {}, b: {} } }] } },
      want: "spec.templates[0].plugin must have exactly one key, the plugin's, not a, b",
    },
    "a parameter without a name": {
      workflow: { metadata: {}, spec: { arguments: { parameters: [{ value: 1 }] } } },
      want: "spec.arguments.parameters[0].name is required",
    },
    "a phase that does not exist": {
      workflow: { metadata: {}, spec: {}, status: { phase: "Done" } },
      want: 'status.phase must be one of Pending, Running, Succeeded, Failed, Error, not "Done"',
    },
    "a label that is a number": {
      workflow: { metadata: { labels: { "a/b": 1 } }, spec: {} },
      want: 'metadata.labels["a/b"] must be a string, not 1',
    },
    "no spec at all": { workflow: { metadata: {} }, want: "spec is required" },
    "a string instead of a workflow": { workflow: "hello", want: 'must be an object, not "hello"' },
  };
  it.each(Object.entries(bad))("names the field: %s", (_name, { workflow, want }) => {
    expect(issuesOf(workflow)).toContain(want);
  });

  it("tells everything that is wrong at once", () => {
    expect(issuesOf({ metadata: { name: 1 }, spec: { entrypoint: true, suspend: "x" } }).split("; ")).toHaveLength(3);
  });

  it("takes numbers, booleans and objects as parameter values, as text", () => {
    const parameters = [1, true, { a: [1] }, "x"].map((value, index) => ({ name: `p${index}`, value }));
    const parsed = workflowParser({ metadata: {}, spec: { arguments: { parameters } } }, "");
    expect(parsed.ok && parsed.value.spec.arguments?.parameters?.map((parameter) => parameter.value)).toEqual([
      "1",
      "true",
      '{"a":[1]}',
      "x",
    ]);
  });

  it("carries unknown fields along and treats null as absent", () => {
    const workflow = {
      metadata: {},
      spec: { templates: [{ ...template, memoize: { maxAge: "1h" } }], onExit: null, podGC: { a: 1 } },
    };
    const parsed = workflowParser(workflow, "");
    expect(parsed).toEqual({
      ok: true,
      value: { metadata: {}, spec: { templates: [{ ...template, memoize: { maxAge: "1h" } }], podGC: { a: 1 } } },
    });
  });
});
