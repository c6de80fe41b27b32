import type { LocalCommand } from "@outrigger/local";
import { ANNOTATION_LOCAL_COMMAND } from "@outrigger/types";
import type { PluginFolder } from "./folder.ts";

/** What stands in on this machine for a container that leaves its command to its image; run in the plugin's folder. */
export function localCommandOf({ plugin, folder }: PluginFolder): LocalCommand | undefined {
  const command = plugin.metadata.annotations?.[ANNOTATION_LOCAL_COMMAND];
  const { container } = plugin.spec.sidecar;
  if (command === undefined || (container.command?.length ?? 0) > 0) return undefined;
  return { command: ["sh", "-c", command], workingDir: folder };
}
