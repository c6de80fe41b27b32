import { createHash } from "node:crypto";
import { ENV_AGENT_NAME, LABEL_WARM_POOL } from "@outrigger/types";
import type { EnvVar, KubeObject, Workflow } from "@outrigger/types";
import { tokenSource } from "../plugins/tokens.ts";
import type { InstalledPlugin, World } from "../world.ts";
import { podParts } from "./agent-pod.ts";

/** An agent pod that is started before there is a Workflow for it. */
export interface WarmAgentPod {
  /** Of all that it is made of: what one pod of a key can serve, every other can. */
  readonly key: string;
  readonly pod: KubeObject;
}

const IDENTITY: readonly EnvVar[] = [{ name: ENV_AGENT_NAME, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }];

/**
 * The pod that this Workflow would get, had it been made before the Workflow: a Workflow may be served by a warm pod of its key,
 * whatever it asks of its pods. Undefined where the pod needs something that only this Workflow has.
 */
export function warmAgentPod(
  workflow: Workflow,
  plugins: readonly InstalledPlugin[],
  world: World,
): WarmAgentPod | undefined {
  const { namespace } = workflow.metadata;
  const { serviceAccountName = "default" } = workflow.spec;
  const place = namespace === undefined ? {} : { namespace };
  const nameless: Workflow = { ...workflow, metadata: place, spec: { ...workflow.spec, serviceAccountName } };
  if (plugins.some((plugin) => needsOwnToken(nameless, plugin, world))) return undefined;
  const { metadata, spec } = podParts(nameless, plugins, { world, identity: IDENTITY });
  const key = createHash("sha256")
    .update(JSON.stringify([metadata, spec]))
    .digest("hex")
    .slice(0, 16);
  const labels = { ...metadata.labels, [LABEL_WARM_POOL]: key };
  return {
    key,
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: "warm-agent-", ...place, ...metadata, labels },
      spec,
    },
  };
}

// A token that is issued for a Workflow goes with it.
function needsOwnToken(workflow: Workflow, plugin: InstalledPlugin, world: World): boolean {
  const source = tokenSource(workflow, plugin, world);
  return source?.kind === "secret" && source.made === "byUs";
}
