// The plugin as a container of the cluster runs it.
import { serve } from "@outrigger/sdk";
import { benchPlugin } from "./bench-plugin.ts";

await serve(benchPlugin);
