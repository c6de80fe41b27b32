// The plugin of all workloads: answers at once. Listens before the first Workflow comes.
import { definePlugin, serve, succeeded } from "@outrigger/sdk";
import { answer, onRequest } from "./ipc.ts";

const plugin = definePlugin({
  key: "bench",
  execute: ({ parameters }) => succeeded({ outputs: { v: parameters["v"] ?? "" } }),
});
const { url } = await serve(plugin, { host: "127.0.0.1", port: 0, token: false, handleSignals: false });
onRequest(() => url);
answer(0, url);
