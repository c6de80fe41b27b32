import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPluginFolder } from "outrigger";
import { System, oneStep } from "../support/system.ts";

const hello = { name: "hello", plugin: { hello: {} } };
const steps = (...groups: readonly (readonly object[])[]): object => ({
  entrypoint: "main",
  templates: [
    { name: "main", steps: groups },
    hello,
    { name: "say", inputs: { parameters: [{ name: "v" }] }, plugin: { hello: {} } },
  ],
});

// Submitted to the API as they are, past every check of the command line; one controller sees them all.
const BAD: Record<string, { spec: unknown; phase: string; message: RegExp; node?: string }> = {
  "no entrypoint": { spec: { templates: [hello] }, phase: "Failed", message: /entrypoint/ },
  "an unknown entrypoint": {
    spec: { entrypoint: "ghost", templates: [hello] },
    phase: "Failed",
    message: /template name 'ghost' undefined/,
  },
  "an unknown template": {
    spec: steps([{ name: "x", template: "ghost" }]),
    phase: "Failed",
    message: /steps\[0\]\.x template name 'ghost' undefined/,
  },
  "a template with two bodies": {
    spec: { entrypoint: "hello", templates: [{ ...hello, suspend: {} }] },
    phase: "Failed",
    message: /templates\.hello.*(plugin.*suspend|suspend.*plugin)/,
  },
  "a template without a body": {
    spec: { entrypoint: "a", templates: [{ name: "a" }] },
    phase: "Failed",
    message: /templates\.a template type unspecified/,
  },
  "a cycle": {
    spec: {
      entrypoint: "main",
      templates: [
        {
          name: "main",
          dag: {
            tasks: [
              { name: "a", template: "hello", depends: "b" },
              { name: "b", template: "hello", depends: "a" },
            ],
          },
        },
        hello,
      ],
    },
    phase: "Failed",
    message: /cycle/,
  },
  "two steps of one name": {
    spec: steps([
      { name: "a", template: "hello" },
      { name: "a", template: "hello" },
    ]),
    phase: "Failed",
    message: /name 'a' is not unique/,
  },
  "two templates of one name": {
    spec: { entrypoint: "hello", templates: [hello, hello] },
    phase: "Failed",
    message: /hello.*not unique|duplicate/i,
  },
  "a tag that resolves to nothing": {
    spec: steps([
      {
        name: "a",
        template: "say",
        arguments: { parameters: [{ name: "v", value: "{{steps.ghost.outputs.result}}" }] },
      },
    ]),
    phase: "Failed",
    message: /failed to resolve \{\{steps\.ghost\.outputs\.result\}\}/,
  },
  "withParam that is no JSON": {
    spec: steps([{ name: "a", template: "hello", withParam: "not json" }]),
    phase: "Failed",
    message: /withParam value could not be parsed as a JSON list: not json/,
  },
  "an endless withSequence": {
    spec: steps([{ name: "a", template: "hello", withSequence: { count: "1000000000" } }]),
    phase: "Failed",
    message: /withSequence|items/,
  },
  "a key that no plugin owns": {
    spec: oneStep("nobody"),
    phase: "Failed",
    message: /no plugin executed the template.*hello/,
  },
  "a template type that is not run yet": {
    spec: { entrypoint: "main", templates: [{ name: "main", container: { image: "alpine" } }] },
    phase: "Failed",
    message: /spec\.templates\[0\]\.container.*container/,
  },
  "a field that is not supported yet": {
    spec: { entrypoint: "main", templates: [{ name: "main", daemon: true, plugin: { hello: {} } }] },
    phase: "Failed",
    message: /spec\.templates\[0\]\.daemon/,
  },
  "a field that Argo does not know": {
    spec: { entrypoint: "hello", template: [hello], templates: [hello] },
    phase: "Failed",
    message: /spec\.template\b/,
  },
  "a boolean as a name": {
    spec: { entrypoint: "main", templates: [{ name: false, plugin: { hello: {} } }] },
    phase: "Error",
    message: /spec\.templates\[0\]\.name must be a string, not false/,
  },
  "a string as the list of steps": {
    spec: { entrypoint: "main", templates: [{ name: "main", steps: "hello" }] },
    phase: "Error",
    message: /spec\.templates\[0\]\.steps must be a list/,
  },
  "a number as a plugin's block": {
    spec: { entrypoint: "main", templates: [{ name: "main", plugin: 7 }] },
    phase: "Error",
    message: /spec\.templates\[0\]\.plugin must be an object, not 7/,
  },
  "recursion without an end": {
    spec: { entrypoint: "main", templates: [{ name: "main", steps: [[{ name: "again", template: "main" }]] }] },
    phase: "Failed",
    message: /depth|recurs|nest/i,
  },
};

describe("a workflow that makes no sense gets a message with the field's path, and harms nobody", () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
    await system.session.install([await readPluginFolder("plugins/hello")], ["default"]);
  });
  afterAll(() => system[Symbol.asyncDispose]());

  it.each(Object.entries(BAD))("%s", async (what, { spec, phase, message }) => {
    const name = what.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    await system.submit(spec as object, { name });
    const { status } = await system.ended({ name });
    expect(status.message).toMatch(message);
    expect(status.phase).toBe(phase);
  });

  it("a good workflow beside them all succeeds", async () => {
    expect((await system.run(oneStep("hello"), { name: "good" })).status?.phase).toBe("Succeeded");
    expect(system.log.filter(({ msg }) => msg === "Operating failed")).toEqual([]);
  });
});
