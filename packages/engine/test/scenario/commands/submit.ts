import { parse } from "yaml";
import type { KubeObject } from "@outrigger/types";
import { SimulatedCluster } from "../../simulation/cluster.ts";
import type { Command } from "../environment.ts";

/** submit: creates the Workflow `wf` with the spec below it. */
export const submit: Command = (environment, _words, input) => {
  environment.cluster = new SimulatedCluster({ metadata: { name: "wf" }, spec: parse(input) as unknown } as KubeObject);
  environment.cluster.plugins = environment.plugins;
  return "";
};
