import { LABEL_WARM_POOL } from "@outrigger/types";
import { parse } from "yaml";
import type { Command } from "../environment.ts";

/** pod PHASE | pod gone | pod deleting: how the agent pod fares; more of its status below. pod waits NAME: one waits for a Workflow. */
export const pod: Command = ({ cluster }, [state = "", name = ""], input) => {
  if (state === "gone") cluster.objects.agentPod = undefined;
  else if (state === "waits") {
    const metadata = {
      name,
      uid: `uid-of-${name}`,
      resourceVersion: "7",
      labels: { [LABEL_WARM_POOL]: "0123456789abcdef" },
    };
    cluster.warmPod = { metadata, status: { phase: "Running" } };
  } else if (state === "deleting") {
    cluster.setPod((before) => ({
      ...before,
      metadata: { ...(before["metadata"] as object), deletionTimestamp: new Date(cluster.nowMs).toISOString() },
    }));
  } else cluster.setPod((before) => ({ ...before, status: { phase: state, ...((parse(input) ?? {}) as object) } }));
  return "";
};
