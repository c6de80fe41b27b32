import { definePlugin, succeeded } from "@outrigger/sdk";
import type { Plugin } from "@outrigger/sdk";

export const TOKEN = "t0ken-of-the-agent";

export const hello: Plugin = definePlugin({
  key: "hello",
  execute: () => succeeded({ message: "Hello template!", outputs: { foo: "bar" } }),
});
