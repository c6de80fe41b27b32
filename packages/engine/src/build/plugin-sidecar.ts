import type { JsonObject, Workflow } from "@outrigger/types";
import { tokenSource } from "../plugins/tokens.ts";
import type { InstalledPlugin, World } from "../world.ts";
import { VAR_RUN_ARGO, VAR_RUN_ARGO_PATH } from "./pod-json.ts";
import type { Volume } from "./pod-json.ts";
import { tokenVolume } from "./token-volume.ts";

export interface PluginSidecar {
  readonly container: JsonObject;
  readonly volumes: readonly Volume[];
}

/** A plugin's container, with its own token for the agent and, if it wants one, a token of its service account. */
export function pluginSidecar(workflow: Workflow, plugin: InstalledPlugin, world: World): PluginSidecar {
  const { container } = plugin.sidecar;
  const source = tokenSource(workflow, plugin, world);
  const token = source === undefined ? undefined : tokenVolume(workflow, container.name, source);
  const volumeMounts = [
    ...(container.volumeMounts ?? []),
    { name: VAR_RUN_ARGO, mountPath: VAR_RUN_ARGO_PATH, readOnly: true, subPath: container.name },
    ...(token === undefined ? [] : [token.mount]),
  ];
  return {
    container: { ...(container as unknown as JsonObject), volumeMounts },
    volumes: token === undefined ? [] : [token.volume],
  };
}
