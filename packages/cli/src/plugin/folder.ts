import { readFile, readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { formatManifestIssue, locateIssues, readManifests, toYaml } from "@outrigger/kube";
import { executorPluginParser, pluginConfigMap } from "@outrigger/types";
import type { ConfigMap, ExecutorPlugin, PluginContainer } from "@outrigger/types";
import { UserError } from "../user-error.ts";
import { bundleServer, checkArgumentSize } from "./bundle.ts";

const MANIFEST = "plugin.yaml";
const SKIPPED_FOLDERS = new Set(["node_modules", "dist"]);

/** A plugin as its folder describes it, its server (if the folder has one) already put into the container's args. */
export interface PluginFolder {
  readonly folder: string;
  readonly plugin: ExecutorPlugin;
  readonly configMap: ConfigMap;
}

/** Reads `plugin.yaml` and the one `server.*` beside it; a `server.ts` is bundled first. */
export async function readPluginFolder(folder: string): Promise<PluginFolder> {
  const manifest = await readManifest(join(folder, MANIFEST));
  const server = await findServer(folder);
  const plugin = server === undefined ? manifest : withArgs(manifest, [await readServer(server)]);
  return { folder, plugin, configMap: pluginConfigMap(plugin, toYaml(plugin.spec.sidecar.container)) };
}

async function readManifest(file: string): Promise<ExecutorPlugin> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${shown(file)} cannot be read: a plugin's folder needs a ${MANIFEST}`, { cause: error });
  });
  const read = readManifests(text, shown(file));
  if (!read.ok) throw new UserError(read.issues.map(formatManifestIssue).join("\n"));
  const [manifest, ...more] = read.value;
  if (manifest === undefined || more.length > 0)
    throw new UserError(`${shown(file)}: must hold exactly one ExecutorPlugin`);
  const parsed = executorPluginParser(manifest.value, "");
  if (parsed.ok) return parsed.value;
  throw new UserError(locateIssues(manifest, parsed.issues).map(formatManifestIssue).join("\n"));
}

async function findServer(folder: string): Promise<string | undefined> {
  const servers = (await readdir(folder)).filter((name) => /^server\.[^.]+$/.test(name)).sort();
  if (servers.length > 1) {
    throw new UserError(
      `${shown(folder)} has ${servers.join(" and ")}: only one server.* can become the container's args; keep one`,
    );
  }
  return servers[0] === undefined ? undefined : join(folder, servers[0]);
}

async function readServer(file: string): Promise<string> {
  const source = file.endsWith(".ts") ? await bundleServer(file) : await readFile(file, "utf8");
  checkArgumentSize(source, shown(file));
  return source;
}

function withArgs(plugin: ExecutorPlugin, args: readonly string[]): ExecutorPlugin {
  const container: PluginContainer = { ...plugin.spec.sidecar.container, args };
  return { ...plugin, spec: { ...plugin.spec, sidecar: { ...plugin.spec.sidecar, container } } };
}

/** Folders at or below `root` that hold a plugin.yaml, in order; none where `root` does not exist. */
export async function findPluginFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const here = entries.some((entry) => entry.name === MANIFEST && entry.isFile()) ? [resolve(root)] : [];
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED_FOLDERS.has(entry.name))
    .map((entry) => findPluginFolders(join(root, entry.name)));
  return [...here, ...(await Promise.all(below)).flat()].sort();
}

/** A path as the user would type it. */
export function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" ? "." : fromHere.startsWith("..") ? path : fromHere;
}
