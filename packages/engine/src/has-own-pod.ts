import { AGENT_SHARED, LABEL_AGENT } from "@outrigger/types";
import type { Run } from "./run.ts";

/**
 * Whether a Workflow has an agent pod, or is for the shared agent. Its task set says so once there is one: a plugin that is annotated
 * anew must not bring a second agent to tasks that have one.
 */
export function hasOwnPod({ world, plugins }: Run): boolean {
  const { agentPods } = world.config;
  if (agentPods !== "stateful") return agentPods === "create";
  if (world.taskSet !== undefined) return world.taskSet.metadata.labels?.[LABEL_AGENT] !== AGENT_SHARED;
  return !plugins.ok || plugins.value.some(({ isStateless = false }) => !isStateless);
}
