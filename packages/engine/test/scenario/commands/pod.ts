import { parse } from "yaml";
import type { Command } from "../environment.ts";

/** pod PHASE | pod gone | pod deleting: how the agent pod fares; more of its status below. */
export const pod: Command = ({ cluster }, [state = ""], input) => {
  if (state === "gone") cluster.objects.agentPod = undefined;
  else if (state === "deleting") {
    cluster.setPod((before) => ({
      ...before,
      metadata: { ...(before["metadata"] as object), deletionTimestamp: new Date(cluster.nowMs).toISOString() },
    }));
  } else cluster.setPod((before) => ({ ...before, status: { phase: state, ...((parse(input) ?? {}) as object) } }));
  return "";
};
