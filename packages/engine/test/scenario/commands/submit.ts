import { parse } from "yaml";
import { SimulatedCluster } from "../../simulation/cluster.ts";
import type { Command } from "../environment.ts";

/** submit [NAME]: creates a Workflow, called `wf` if not otherwise, with the spec below it. */
export const submit: Command = (environment, [name = "wf"], input) => {
  environment.cluster = new SimulatedCluster({ metadata: { name }, spec: parse(input) as unknown });
  environment.cluster.plugins = environment.plugins;
  environment.cluster.configMaps = environment.configMaps;
  environment.cluster.workflowTemplates = environment.workflowTemplates;
  return "";
};
