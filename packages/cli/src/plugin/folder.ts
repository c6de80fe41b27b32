import { readFile, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { formatManifestIssue, locateIssues, readManifests, toYaml } from "@outrigger/kube";
import { ANNOTATION_INPUT_SCHEMA, executorPluginParser, pluginConfigMap } from "@outrigger/types";
import type { ConfigMap, ExecutorPlugin, PluginContainer } from "@outrigger/types";
import { filesBelow, shown } from "../files.ts";
import { UserError } from "../user-error.ts";
import { bundleServer, checkArgumentSize } from "./bundle.ts";

const MANIFEST = "plugin.yaml";
/** Stands beside plugin.yaml; goes into an annotation, so that `outrigger lint` knows what the plugin takes. */
const INPUT_SCHEMA = "input.schema.json";

/** A plugin as its folder describes it, its server (if the folder has one) already put into the container's args. */
export interface PluginFolder {
  readonly folder: string;
  readonly plugin: ExecutorPlugin;
  readonly configMap: ConfigMap;
}

/** Reads `plugin.yaml` and the one `server.*` beside it; a `server.ts` is bundled first. */
export async function readPluginFolder(folder: string): Promise<PluginFolder> {
  const { plugin: manifest } = await readPluginManifest(folder);
  const server = await findServer(folder);
  return asFolder(folder, server === undefined ? manifest : withArgs(manifest, [await readServer(server)]));
}

/** As above, without the server: enough to know the plugin by. */
export async function readPluginManifest(folder: string): Promise<PluginFolder> {
  const manifest = await readManifest(join(folder, MANIFEST));
  const schema = await readFile(join(folder, INPUT_SCHEMA), "utf8").catch(() => undefined);
  return asFolder(
    folder,
    schema === undefined ? manifest : withInputSchema(manifest, schema, join(folder, INPUT_SCHEMA)),
  );
}

function asFolder(folder: string, plugin: ExecutorPlugin): PluginFolder {
  return { folder, plugin, configMap: pluginConfigMap(plugin, toYaml(plugin.spec.sidecar.container)) };
}

function withInputSchema(plugin: ExecutorPlugin, text: string, file: string): ExecutorPlugin {
  const { metadata } = plugin;
  const annotations = { ...metadata.annotations, [ANNOTATION_INPUT_SCHEMA]: compactJson(text, file) };
  return { ...plugin, metadata: { ...metadata, annotations } };
}

function compactJson(text: string, file: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${shown(file)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
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
  return (await filesBelow(root, (name) => name === MANIFEST)).map((file) => resolve(dirname(file)));
}

/** The plugins that are meant where none are named: those below ./plugins and beside (or below) what is worked on. */
export async function defaultPluginFolders(paths: readonly string[]): Promise<readonly string[]> {
  const beside = await Promise.all(
    paths.map(async (path) =>
      (await stat(path).catch(() => undefined))?.isDirectory() === true ? path : dirname(path),
    ),
  );
  const found = await Promise.all(["plugins", ...new Set(beside)].map((root) => findPluginFolders(root)));
  return [...new Set(found.flat())];
}
