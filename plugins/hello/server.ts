import { definePlugin, serve, succeeded } from "@outrigger/sdk";

const hello = definePlugin({
  key: "hello",
  execute: ({ parameters }) =>
    succeeded({ message: `Hello ${parameters["name"] ?? "template"}!`, outputs: { foo: "bar" } }),
});

await serve(hello);
