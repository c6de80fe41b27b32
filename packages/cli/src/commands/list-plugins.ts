import { readPlugin } from "@outrigger/controller";
import { formatIssues } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { withCluster } from "../cluster/connect.ts";
import type { ClusterFlags } from "../cluster/connect.ts";
import { listPluginConfigMaps } from "../plugin/installed.ts";
import { formatObjects } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import { formatTable } from "../print/table.ts";
import type { ProgramContext } from "../program-context.ts";

export interface ListPluginsOptions {
  readonly cluster: ClusterFlags;
  readonly allNamespaces: boolean;
  readonly installNamespace: string;
  readonly output: "table" | ObjectFormat;
}

/** Lists the plugins that Workflows of a namespace can use: its own, and those of the installation. */
export async function listPlugins(options: ListPluginsOptions, context: ProgramContext): Promise<void> {
  const { allNamespaces, installNamespace, output } = options;
  const { terminal } = context;
  await withCluster(options.cluster, context, async ({ client, namespace }) => {
    const places = allNamespaces ? [undefined] : [...new Set([namespace, installNamespace])];
    const plugins = (await Promise.all(places.map((place) => listPluginConfigMaps(client, place)))).flat();
    if (output !== "table") return terminal.out(formatObjects(plugins, output));
    if (plugins.length === 0) {
      const where = allNamespaces ? "any namespace" : `namespace ${places.join(" or ")}`;
      return terminal.err(`no plugins in ${where}: outrigger build makes the ConfigMap that installs one\n`);
    }
    terminal.out(pluginTable(plugins));
  });
}

const HEADS = ["NAME", "NAMESPACE", "PORT", "IMAGE", "NOTES"];

export function pluginTable(plugins: readonly KubeObject[]): string {
  return formatTable(HEADS, plugins.map(rowOf));
}

function rowOf(object: KubeObject): readonly string[] {
  const { name = "", namespace = "" } = object.metadata;
  const plugin = readPlugin(object);
  if (!plugin.ok) return [name, namespace, "-", "-", `cannot be used: ${formatIssues(plugin.issues)}`];
  const { sidecar, isStateless = false, callRules } = plugin.value;
  const { image = "-", ports } = sidecar.container;
  const notes = [
    ...(isStateless ? ["stateless"] : []),
    ...(callRules?.atMostOnce === true ? ["at most once"] : []),
    ...(sidecar.automountServiceAccountToken ? ["has a token"] : []),
  ];
  const port = ports.map(({ containerPort }) => containerPort).join(",");
  return [plugin.value.name, namespace, port, image, notes.join(", ")];
}
