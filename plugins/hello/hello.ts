import { definePlugin, succeeded } from "@outrigger/sdk";

/** `plugin: {hello: {}}` answers with a greeting. */
export const hello = definePlugin({
  key: "hello",
  execute: ({ parameters }) =>
    succeeded({ message: `Hello ${parameters["name"] ?? "template"}!`, outputs: { foo: "bar" } }),
});
