import { boolean, object, record, string } from "../parse/parsers.ts";
import type { Parser } from "../parse/parsers.ts";
import { CONFIGMAP_TYPE_EXECUTOR_PLUGIN, LABEL_CONFIGMAP_TYPE } from "../labels.ts";
import { objectMetaParser } from "../meta.ts";
import type { ObjectMeta } from "../meta.ts";
import type { ExecutorPlugin } from "./manifest.ts";

/** Keys of the ConfigMap that makes a plugin known. */
export const DATA_AUTOMOUNT = "sidecar.automountServiceAccountToken";
export const DATA_CONTAINER = "sidecar.container";

const NAME_SUFFIX = "-executor-plugin";

export interface ConfigMap {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export const configMapParser: Parser<ConfigMap> = object<ConfigMap>(
  { apiVersion: string, kind: string, metadata: objectMetaParser, data: record(string), immutable: boolean },
  { required: ["metadata"] },
);

/** Name of the ConfigMap, and of the service account, of a plugin. */
export function pluginConfigMapName(pluginName: string): string {
  return `${pluginName}${NAME_SUFFIX}`;
}

/** The plugin's name out of its ConfigMap's name. */
export function pluginNameOf(configMapName: string): string {
  return configMapName.endsWith(NAME_SUFFIX) ? configMapName.slice(0, -NAME_SUFFIX.length) : configMapName;
}

/** The ConfigMap of a plugin. `containerYaml` is the YAML of `spec.sidecar.container`: writing YAML is for the caller. */
export function pluginConfigMap(plugin: ExecutorPlugin, containerYaml: string): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: pluginConfigMapName(plugin.metadata.name),
      labels: { ...plugin.metadata.labels, [LABEL_CONFIGMAP_TYPE]: CONFIGMAP_TYPE_EXECUTOR_PLUGIN },
      ...(plugin.metadata.annotations === undefined ? {} : { annotations: plugin.metadata.annotations }),
    },
    data: {
      [DATA_AUTOMOUNT]: String(plugin.spec.sidecar.automountServiceAccountToken ?? false),
      [DATA_CONTAINER]: containerYaml,
    },
  };
}
