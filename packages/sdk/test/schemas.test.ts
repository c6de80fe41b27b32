import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definePlugin, running, succeeded } from "@outrigger/sdk";
import type { Plugin, StandardSchema } from "@outrigger/sdk";
import { call, requestFor, serving } from "./plugin-under-test.ts";

const NODE = { id: "n", name: "wf.n", attempt: 0, idempotencyKey: "uid-1/n/0" };
const INFO = { method: "GET", path: "/api/v1/plugin.info" };

/** What a call of `template.execute` with this input answers as its node. */
async function nodeOf(
  plugin: Plugin,
  input: unknown,
  more: { readonly [field: string]: unknown } = {},
): Promise<unknown> {
  const { url } = await serving(plugin);
  const { status, json } = await call(url, requestFor({ [plugin.key]: input }, more));
  expect(status).toBe(200); // nothing that an agent would try again
  return (json as { node: unknown }).node;
}

const LIBRARIES: readonly [string, StandardSchema<unknown, { text: string; to: readonly string[] }>][] = [
  ["zod", z.object({ text: z.string(), to: z.array(z.string()).default([]) })],
  ["valibot", v.object({ text: v.string(), to: v.optional(v.array(v.string()), []) })],
  ["arktype", type({ text: "string", to: "string[] = []" })],
];

describe.each(LIBRARIES)("an input schema of %s", (_library, input) => {
  const plugin = definePlugin({
    key: "post",
    input,
    execute: (context) => succeeded({ message: `${context.input.text} to ${context.input.to.length}` }),
  });

  it("gives the input to the plugin as the schema makes it", async () => {
    expect(await nodeOf(plugin, { text: "hi" })).toEqual({ phase: "Succeeded", message: "hi to 0" });
  });

  it("fails a step whose template does not fit, with the place of each fault", async () => {
    expect(await nodeOf(plugin, { to: ["a", 2] })).toEqual({
      phase: "Failed",
      message: expect.stringMatching(
        /^the template does not fit the plugin: (?=.*plugin\.post\.text: .+)(?=.*plugin\.post\.to\[1\]: .+)/,
      ),
    });
  });
});

describe("what is wrong with an input", () => {
  it("is bounded: ten faults, and how many more there are", async () => {
    const plugin = definePlugin({ key: "it", input: z.array(z.string()), execute: () => succeeded() });
    const node = await nodeOf(plugin, Array.from({ length: 14 }).fill(1));
    expect(node).toMatchObject({ message: expect.stringMatching(/it\[9\]: [^;]+; and 4 more$/) });
  });

  it("has the place of keys that are no names, and of the whole", async () => {
    const plugin = definePlugin({
      key: "my.key",
      input: z.object({ "a b": z.string() }),
      execute: () => succeeded(),
    });
    expect(await nodeOf(plugin, {})).toMatchObject({
      message: expect.stringContaining('plugin["my.key"]["a b"]: Invalid'),
    });
    expect(await nodeOf(plugin, null)).toMatchObject({ message: expect.stringContaining('plugin["my.key"]: Invalid') });
  });

  it("may be found out later, or not at all: a schema that throws fails the step", async () => {
    const late = z.string().refine((text) => Promise.resolve(text !== "no"), "is not welcome");
    const plugin = definePlugin({ key: "it", input: late, execute: () => succeeded() });
    expect(await nodeOf(plugin, "no")).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/plugin\.it: is not welcome$/),
    });
    const broken = z.string().refine(() => {
      throw new Error("no network");
    });
    const throwing = definePlugin({ key: "it", input: broken, execute: () => succeeded() });
    expect(await nodeOf(throwing, "x")).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("plugin.it cannot be checked, its schema failed: no network"),
    });
  });
});

describe("an output schema", () => {
  const output = z.object({ url: z.string(), size: z.number().default(0) });

  it("has the outputs that it makes sent", async () => {
    const plugin = definePlugin({ key: "it", output, execute: () => succeeded({ outputs: { url: "http://x" } }) });
    expect(await nodeOf(plugin, {})).toMatchObject({
      outputs: {
        parameters: [
          { name: "url", value: "http://x" },
          { name: "size", value: "0" },
        ],
      },
    });
  });

  it("fails the step whose outputs do not fit", async () => {
    const plain: Plugin = { key: "it", output, execute: () => succeeded() }; // as plain JavaScript may do it
    expect(await nodeOf(plain, {})).toEqual({
      phase: "Failed",
      message: expect.stringMatching(/^the plugin's outputs are not as its schema has them: outputs: Invalid input/),
    });
  });
});

describe("poll", () => {
  const job = definePlugin({
    key: "job",
    state: z.object({ id: z.string(), asked: z.number() }),
    execute: () => running({ state: { id: "j-1", asked: 0 }, requeueAfter: "1m" }),
    poll: ({ state }) =>
      state.asked < 1 ? running({ state: { ...state, asked: state.asked + 1 } }) : succeeded({ message: state.id }),
  });

  it("is called in place of execute once there is state", async () => {
    const { url } = await serving(job);
    const ask = async (more: object): Promise<unknown> =>
      (await call(url, requestFor({ job: {} }, { node: NODE, ...more }))).json;
    expect(await ask({})).toEqual({ node: { phase: "Running" }, requeue: "1m", state: { id: "j-1", asked: 0 } });
    expect(await ask({ state: { id: "j-1", asked: 0 } })).toMatchObject({ state: { asked: 1 } });
    expect(await ask({ state: { id: "j-1", asked: 1 } })).toEqual({ node: { phase: "Succeeded", message: "j-1" } });
  });

  it("fails the step where the state is not what the plugin hands on, as that of an older version", async () => {
    expect(await nodeOf(job, {}, { node: NODE, state: { id: 7 } })).toEqual({
      phase: "Failed",
      message: expect.stringMatching(
        /^what was handed on by the call before cannot be used: state\.id: .+; state\.asked: /,
      ),
    });
  });

  it("fails the step before it begins where the agent hands no state back, as Argo's", async () => {
    expect(await nodeOf(job, {})).toEqual({
      phase: "Failed",
      message: expect.stringContaining("plugin job needs its state back at each poll"),
    });
  });

  it("is not what looks after a plugin without it: execute gets the state", async () => {
    const plugin = definePlugin({
      key: "it",
      state: z.number(),
      execute: ({ state = 0 }) => (state < 2 ? running({ state: state + 1 }) : succeeded({ message: `${state}` })),
    });
    expect(await nodeOf(plugin, {}, { state: 2 })).toMatchObject({ message: "2" });
  });
});

describe("secret", () => {
  const plugin = definePlugin({
    key: "it",
    execute: ({ secret }) => succeeded({ message: `${secret("API_KEY").length} characters` }),
  });

  it("is a variable of the container's environment", async () => {
    const { url } = await serving(plugin, { env: { API_KEY: "abc" } });
    expect((await call(url, requestFor({ it: {} }))).json).toMatchObject({ node: { message: "3 characters" } });
  });

  it.each([
    [{}, "not set"],
    [{ API_KEY: "" }, "empty"],
  ])("that is missing fails the step, and says how to set it: %o", async (env, what) => {
    const { url } = await serving(plugin, { env });
    const { json } = await call(url, requestFor({ it: {} }));
    expect(json).toMatchObject({
      node: {
        phase: "Failed",
        message: expect.stringContaining(
          `plugin it needs the environment variable API_KEY, which is ${what}: give its container in plugin.yaml env: [{name: API_KEY`,
        ),
      },
    });
  });
});

describe("plugin.info", () => {
  it("has the JSON Schema of the inputs whose library can tell it", async () => {
    const told = definePlugin({ key: "told", input: z.object({ text: z.string() }), execute: () => succeeded() });
    const silent = definePlugin({ key: "silent", input: v.string(), execute: () => succeeded() });
    const dated = definePlugin({ key: "dated", input: z.date(), execute: () => succeeded() });
    const { url } = await serving([told, silent, dated]);
    expect((await call(url, undefined, INFO)).json).toEqual({
      keys: ["told", "silent", "dated"],
      methods: ["template.execute", "template.cancel"],
      inputSchemas: {
        told: {
          $schema: "https://json-schema.org/draft/2020-12/schema",
          type: "object",
          properties: { text: { type: "string" } },
          required: ["text"],
        },
      },
    });
  });
});

describe("cancel", () => {
  it("gets input and state as the schemas make them, and says what does not fit", async () => {
    const plugin = definePlugin({
      key: "it",
      input: z.object({ url: z.string().transform((text) => new URL(text)) }),
      state: z.object({ job: z.number() }),
      execute: () => running({ state: { job: 7 } }),
      cancel: ({ input, state, reason }) => `${input.url.host} ${state?.job}: ${reason}`,
    });
    const { url } = await serving(plugin);
    const cancel = (input: object): Promise<{ readonly json: unknown }> =>
      call(url, requestFor({ it: input }, { node: NODE, state: { job: 7 }, reason: "stopped" }), {
        path: "/api/v1/template.cancel",
      });
    expect((await cancel({ url: "http://x/y" })).json).toEqual({ node: { phase: "Failed", message: "x 7: stopped" } });
    expect((await cancel({})).json).toMatchObject({ node: { message: expect.stringContaining("plugin.it.url: ") } });
  });
});
