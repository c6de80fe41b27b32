import type { InstalledPlugin } from "@outrigger/engine";
import { readManifests } from "@outrigger/kube";
import {
  ANNOTATION_STATELESS,
  DATA_AUTOMOUNT,
  DATA_CONTAINER,
  callRulesParser,
  configMapParser,
  failure,
  ok,
  pluginContainerParser,
  pluginNameOf,
} from "@outrigger/types";
import type { ConfigMap, KubeObject, Result } from "@outrigger/types";

/** Reads the ConfigMap of a plugin; the issues name the field inside the ConfigMap, also within the container's YAML. */
export function readPlugin(object: KubeObject): Result<InstalledPlugin> {
  const configMap = configMapParser(object, "");
  if (!configMap.ok) return configMap;
  const automount = readAutomount(configMap.value);
  if (!automount.ok) return automount;
  const container = readContainer(configMap.value);
  if (!container.ok) return container;
  const parsed = pluginContainerParser(container.value, `data["${DATA_CONTAINER}"]`);
  if (!parsed.ok) return parsed;
  const { name = "", namespace = "", annotations = {} } = configMap.value.metadata;
  const callRules = callRulesParser(annotations, "metadata.annotations");
  if (!callRules.ok) return callRules;
  return ok({
    name: pluginNameOf(name),
    namespace,
    sidecar: { automountServiceAccountToken: automount.value, container: parsed.value },
    callRules: callRules.value,
    ...(annotations[ANNOTATION_STATELESS] === "true" ? { isStateless: true } : {}),
  });
}

function readAutomount(configMap: ConfigMap): Result<boolean> {
  const text = configMap.data?.[DATA_AUTOMOUNT] ?? "false";
  if (text === "true" || text === "false") return ok(text === "true");
  return failure(`data["${DATA_AUTOMOUNT}"]`, `must be "true" or "false", not "${text}"`);
}

function readContainer(configMap: ConfigMap): Result<unknown> {
  const text = configMap.data?.[DATA_CONTAINER];
  const path = `data["${DATA_CONTAINER}"]`;
  if (text === undefined) return failure(path, "is required: the YAML of the plugin's container");
  const read = readManifests(text, path);
  if (!read.ok) {
    const problems = read.issues.map(({ line, message }) => `line ${line}: ${message}`);
    return failure(path, `is not valid YAML: ${problems.join("; ")}`);
  }
  const [container, ...more] = read.value;
  return container !== undefined && more.length === 0 ? ok(container.value) : failure(path, "must be one object");
}
