// The plugin of all workloads: answers at once, if only that it is not done. Listens before the first Workflow comes.
import { definePlugin, running, serve, succeeded } from "@outrigger/sdk";
import { isJsonObject } from "@outrigger/types";
import { ON_HOLD } from "../workloads.ts";
import { answer, onRequest } from "./ipc.ts";

const plugin = definePlugin({
  key: "bench",
  execute: ({ input, parameters }) =>
    isJsonObject(input) && input["hold"] === true
      ? running({ message: ON_HOLD, requeueAfter: "1h" })
      : succeeded({ outputs: { v: parameters["v"] ?? "" } }),
});
const { url } = await serve(plugin, { host: "127.0.0.1", port: 0, token: false, handleSignals: false });
onRequest(() => url);
answer(0, url);
