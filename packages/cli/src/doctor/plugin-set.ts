import type { PluginContainer } from "@outrigger/types";
import { findings } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** A plugin, wherever it stands: in a folder, or installed. */
export interface KnownPlugin {
  readonly name: string;
  /** Its folder, or its namespace. */
  readonly where: string;
  readonly container: PluginContainer;
}

/** What is wrong with plugins together: names and ports that more than one has. */
export function collisions(
  plugins: readonly KnownPlugin[],
  sameName: (where: readonly string[]) => Finding["what"],
): readonly Finding[] {
  const { warn } = findings("plugins");
  const names = shared(plugins, ({ name }) => [name]).map(([name, owners]) =>
    warn(name, sameName(owners.map(({ where }) => where)), "give one of them another name in plugin.yaml"),
  );
  const ports = shared(plugins, portsOf).flatMap(([port, owners]) => {
    if (new Set(owners.map(({ name }) => name)).size < 2) return []; // said above
    const who = owners.map(({ name, where }) => `${name} (${where})`).join(" and ");
    const next = "give one of them another port, above 10000, in plugin.yaml";
    return [warn(`port ${port}`, `${who} share it: a Workflow that uses both cannot run`, next)];
  });
  return [...names, ...ports];
}

export function portsOf({ container }: KnownPlugin): readonly string[] {
  return container.ports.map(({ containerPort }) => String(containerPort));
}

function shared(
  plugins: readonly KnownPlugin[],
  keysOf: (plugin: KnownPlugin) => readonly string[],
): readonly (readonly [string, readonly KnownPlugin[]])[] {
  const owners = new Map<string, KnownPlugin[]>();
  for (const plugin of plugins) {
    for (const key of keysOf(plugin)) owners.set(key, [...(owners.get(key) ?? []), plugin]);
  }
  return [...owners].filter(([, all]) => all.length > 1);
}
