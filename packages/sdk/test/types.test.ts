import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import type { JsonValue, Plugin, PluginContext, PluginResult, Running } from "@outrigger/sdk";

// Held by `npm run typecheck`.
describe("types", () => {
  it("follow from the schemas", () => {
    const plugin = definePlugin({
      key: "typed",
      input: z.object({ count: z.coerce.number(), at: z.string().transform((text) => new Date(text)) }),
      output: z.object({ phase: z.enum(["up", "down"]), list: z.array(z.number()).optional() }),
      state: z.object({ job: z.string(), since: z.coerce.date() }),
      execute: (context) => {
        expectTypeOf(context.input).toEqualTypeOf<{ count: number; at: Date }>();
        expectTypeOf(context.state).toEqualTypeOf<{ job: string; since: Date } | undefined>();
        return running({ state: { job: "j", since: "2026-01-01" } });
      },
      poll: async (context) => {
        expectTypeOf(context.state).toEqualTypeOf<{ job: string; since: Date }>();
        if (context.input.count > 3) return failed("too many");
        return succeeded({ outputs: { phase: "up", list: [1] } });
      },
      cancel: (context) => {
        expectTypeOf(context.state).toEqualTypeOf<{ job: string; since: Date } | undefined>();
        expectTypeOf(context.reason).toBeString();
      },
    });
    expectTypeOf(plugin).toEqualTypeOf<Plugin>();
  });

  it("are any JSON without schemas", () => {
    definePlugin({
      key: "loose",
      execute: (context) => {
        expectTypeOf(context).toEqualTypeOf<PluginContext>();
        expectTypeOf(context.input).toEqualTypeOf<JsonValue>();
        expectTypeOf(context.state).toEqualTypeOf<JsonValue | undefined>();
        return context.attempt === 0 ? running() : succeeded({ outputs: { any: new Date() } });
      },
    });
    expectTypeOf<PluginResult>().toExtend<PluginResult<unknown>>();
  });

  it("refuse what the schemas do", () => {
    const output = z.object({ url: z.string() });
    const state = z.object({ job: z.string() });
    const plugins = [
      // @ts-expect-error outputs are missing
      definePlugin({ key: "a", output, execute: () => succeeded() }),
      // @ts-expect-error an output is of another type
      definePlugin({ key: "b", output, execute: () => succeeded({ outputs: { url: 3 } }) }),
      // @ts-expect-error state is missing
      definePlugin({ key: "c", state, execute: () => running() }),
      // @ts-expect-error state is another
      definePlugin({ key: "d", state, execute: () => running({ state: { job: 7 } }) }),
      // @ts-expect-error a plugin has no such method
      definePlugin({ key: "e", execute: () => succeeded(), canel: () => "" }),
    ];
    expectTypeOf(plugins).toEqualTypeOf<Plugin[]>();
    // @ts-expect-error progress is so many of so many
    expectTypeOf(running({ progress: "half" })).toEqualTypeOf<Running<undefined>>();
  });
});
