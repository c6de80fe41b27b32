import type { EngineConfig } from "@outrigger/engine";
import type { Command } from "../environment.ts";

const SETTINGS: Readonly<Record<string, Partial<EngineConfig>>> = {
  "plugins=off": { pluginsEnabled: false },
  "workflow-plugins=off": { workflowLevelPluginsEnabled: false },
  "agent-plugins=all": { agentPlugins: "all" },
  "agent-pods=none": { agentPods: "none" },
  "agent-pods=stateful": { agentPods: "stateful" },
  "max-open-tasks=4": { maxOpenTasks: 4 },
};

/** configure SETTING…: how the controller was started. */
export const configure: Command = ({ cluster }, words) => {
  for (const word of words) {
    const setting = SETTINGS[word];
    if (setting === undefined) throw new Error(`${word} is not one of ${Object.keys(SETTINGS).join(", ")}`);
    cluster.config = { ...cluster.config, ...setting };
  }
  return "";
};
