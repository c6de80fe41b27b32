// The plugin as a process of the benchmark. Listens before the first Workflow comes.
import { serve } from "@outrigger/sdk";
import { benchPlugin } from "../plugin/bench-plugin.ts";
import { answer, onRequest } from "./ipc.ts";

const { url } = await serve(benchPlugin, { host: "127.0.0.1", port: 0, token: false, handleSignals: false });
onRequest(() => url);
answer(0, url);
