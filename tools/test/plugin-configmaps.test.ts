import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { toYaml } from "@outrigger/kube";
import { pluginConfigMapName } from "@outrigger/types";
import { readPluginFolder } from "outrigger";
import { describe, expect, it } from "vitest";

const PLUGINS = join(dirname(dirname(import.meta.dirname)), "plugins");

describe("the ConfigMap of an example plugin", () => {
  it.each(readdirSync(PLUGINS))("%s is what `outrigger build` makes of its folder", async (name) => {
    const { plugin, configMap } = await readPluginFolder(join(PLUGINS, name));
    const file = `${pluginConfigMapName(plugin.metadata.name)}-configmap.yaml`;
    const [, ...made] = readFileSync(join(PLUGINS, name, file), "utf8").split("\n");
    expect(made.join("\n") === toYaml(configMap), `it is not: npx outrigger build plugins/${name}`).toBe(true);
  });
});
