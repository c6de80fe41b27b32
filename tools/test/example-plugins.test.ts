import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readManifests, toYaml } from "@outrigger/kube";
import { isJsonObject, pluginConfigMapName } from "@outrigger/types";
import { readPluginFolder } from "outrigger";
import { describe, expect, it } from "vitest";
import { compileInputSchema } from "../../packages/cli/src/check/input-schema.ts";

const PLUGINS = join(dirname(dirname(import.meta.dirname)), "plugins");

describe.each(readdirSync(PLUGINS))("the example plugin %s", (name) => {
  const read = (file: string): string => readFileSync(join(PLUGINS, name, file), "utf8");

  it("has the ConfigMap that `outrigger build` makes of its folder", async () => {
    const { plugin, configMap } = await readPluginFolder(join(PLUGINS, name));
    const [, ...made] = read(`${pluginConfigMapName(plugin.metadata.name)}-configmap.yaml`).split("\n");
    expect(made.join("\n") === toYaml(configMap), `it is another: npx outrigger build plugins/${name}`).toBe(true);
  });

  it("takes the templates that its README shows", () => {
    const check = compileInputSchema(read("input.schema.json"));
    if (typeof check !== "function") throw new Error(check.problem);
    const shown = Array.from(read("README.md").matchAll(/```yaml\n(plugin:[^]*?)```/g), ([, yaml = ""]) => yaml);
    for (const yaml of shown) {
      const manifests = readManifests(yaml, "README.md");
      const plugin = manifests.ok ? manifests.value[0]?.value["plugin"] : undefined;
      expect(isJsonObject(plugin) ? check(plugin[name] ?? null, name) : yaml).toEqual([]);
    }
  });
});
