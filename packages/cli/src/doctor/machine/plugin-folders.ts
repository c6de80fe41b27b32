import { once } from "node:events";
import { createServer } from "node:net";
import type { PluginContainer } from "@outrigger/types";
import { shown } from "../../files.ts";
import { findPluginFolders, readPluginFolder } from "../../plugin/folder.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { collisions, portsOf } from "../plugin-set.ts";
import type { KnownPlugin } from "../plugin-set.ts";

/** The plugins of folders: whether they can be read and built, and get along with each other and with this machine. */
export async function checkPluginFolders(folders: readonly string[] | undefined): Promise<readonly Finding[]> {
  const { ok, fail } = findings("plugins");
  const found = folders ?? (await findPluginFolders("plugins"));
  if (found.length === 0) return [ok("", "there are none below ./plugins")];
  const plugins: KnownPlugin[] = [];
  const broken: Finding[] = [];
  for (const folder of found) {
    try {
      const { plugin } = await readPluginFolder(folder);
      plugins.push({ name: plugin.metadata.name, where: shown(folder), container: plugin.spec.sidecar.container });
    } catch (error) {
      broken.push(fail(shown(folder), error instanceof Error ? error.message : String(error)));
    }
  }
  const sound = plugins.map(({ name, where }) => ok(where, `${name} can be built`));
  const sameName = (where: readonly string[]): string =>
    `${where.join(" and ")} have this name: the last one is installed`;
  return [...sound, ...broken, ...collisions(plugins, sameName), ...(await takenPorts(plugins))];
}

async function takenPorts(plugins: readonly KnownPlugin[]): Promise<readonly Finding[]> {
  const { warn } = findings("ports");
  const bound = plugins.filter(({ container }) => !canMove(container));
  const owners = new Map(bound.flatMap((plugin) => portsOf(plugin).map((port) => [port, plugin] as const)));
  const checked = await Promise.all(
    [...owners].map(async ([port, owner]) => ({ port, owner, taken: await isTaken(Number(port)) })),
  );
  return checked
    .filter(({ taken }) => taken)
    .map(({ port, owner: { name, where } }) =>
      warn(
        `port ${port}`,
        `another program of this machine listens on it: ${name} (${where}) waits for it`,
        "end that program, or let the plugin listen where OUTRIGGER_PORT says, and list that in its env (docs/adr/0005-ports-on-one-machine.md)",
      ),
    );
}

// It is given another port where its own is taken.
function canMove({ env = [], ports }: PluginContainer): boolean {
  return env.some(({ name, value }) => name === "OUTRIGGER_PORT" && value === String(ports[0]?.containerPort));
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return false;
  } catch {
    return true;
  } finally {
    server.close();
  }
}
