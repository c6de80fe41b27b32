import {
  ENV_AGENT_PODS,
  ENV_EXECUTOR_PLUGINS,
  ENV_WORKFLOW_LEVEL_PLUGINS,
  callRulesParser,
  ownersByName,
} from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import { podSpecPatchProblem } from "../build/pod-spec-patch.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { EngineConfig, InstalledPlugin, World } from "../world.ts";
import { pluginKeys } from "./keys.ts";

/** Which plugins go into the agent pod of a Workflow, or why there can be no such pod. */
export type PluginChoice = Outcome<readonly InstalledPlugin[]>;

export function choosePlugins(workflow: Workflow, world: World): PluginChoice {
  const badPatch = podSpecPatchProblem(workflow);
  if (badPatch !== undefined) return failed(badPatch);
  if (world.secretsProblem !== undefined) return failed(world.secretsProblem);
  if (pluginKeys(workflow).size === 0) return succeeded([]); // the agent makes requests itself
  const ownPlugins = workflowLevelPlugins(workflow);
  const refusal = refusalOf(ownPlugins.length > 0, world.config);
  if (refusal !== undefined) return failed(refusal);
  if (world.config.agentPods === "none") return succeeded([]);
  const installed = ownPlugins.length > 0 ? ownPlugins : world.plugins;
  if (installed.length === 0) return failed(noneInstalled(workflow, world));
  const plugins = selectPlugins(workflow, world.plugins, world.config);
  const conflict = conflictAmong(plugins);
  return conflict === undefined ? succeeded(plugins) : failed(conflict);
}

function refusalOf(bringsItsOwn: boolean, config: EngineConfig): string | undefined {
  if (!bringsItsOwn) {
    return config.pluginsEnabled
      ? undefined
      : `executor plugins are off: set ${ENV_EXECUTOR_PLUGINS}=true in the controller's environment`;
  }
  if (!config.workflowLevelPluginsEnabled) {
    return `plugins of the Workflow itself (spec.executorPlugins) are off: set ${ENV_WORKFLOW_LEVEL_PLUGINS}=true in the controller's environment`;
  }
  if (config.agentPods !== "none") return undefined;
  return `plugins of the Workflow itself (spec.executorPlugins) need an agent pod, and none is made here (${ENV_AGENT_PODS}=none)`;
}

/** The plugins that an agent pod of this Workflow carries, whether or not they can be used. */
export function selectPlugins(
  workflow: Workflow,
  plugins: readonly InstalledPlugin[],
  config: EngineConfig,
): readonly InstalledPlugin[] {
  const own = workflowLevelPlugins(workflow);
  const available = own.length > 0 ? own : plugins;
  return config.agentPlugins === "all" ? available : usedPlugins(workflow, available);
}

// The plugins that a Workflow brings along replace those that are installed.
function workflowLevelPlugins(workflow: Workflow): readonly InstalledPlugin[] {
  const entries = workflow.spec.executorPlugins ?? [];
  return entries
    .map(({ metadata, spec }) => {
      const rules = callRulesParser(metadata.annotations ?? {}, "");
      return {
        name: metadata.name,
        namespace: workflow.metadata.namespace ?? "",
        sidecar: spec.sidecar,
        ...(rules.ok ? { callRules: rules.value } : {}),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The keys of a Workflow's plugin templates that no plugin owns by its name. */
export function unownedKeys(workflow: Workflow, plugins: readonly InstalledPlugin[]): readonly string[] {
  const names = plugins.map(({ name }) => name);
  return [...pluginKeys(workflow)].filter((key) => ownersByName(key, names).length === 0);
}

// The owner of a key answers for it alone. Where no name fits, any of them may be the one.
function usedPlugins(workflow: Workflow, installed: readonly InstalledPlugin[]): readonly InstalledPlugin[] {
  if (unownedKeys(workflow, installed).length > 0) return installed;
  const names = installed.map(({ name }) => name);
  const used = new Set([...pluginKeys(workflow)].flatMap((key) => ownersByName(key, names)));
  return installed.filter((_, index) => used.has(index));
}

function conflictAmong(plugins: readonly InstalledPlugin[]): string | undefined {
  const owners = new Map<string, string>();
  for (const { name, sidecar } of plugins) {
    const { container } = sidecar;
    const claims = [`container name ${container.name}`, ...container.ports.map((port) => `port ${port.containerPort}`)];
    for (const claim of new Set(claims)) {
      const other = owners.get(claim);
      if (other !== undefined) {
        return `plugins ${other} and ${name} both use ${claim}, and one agent pod has to hold them: change it in one of the two`;
      }
      owners.set(claim, name);
    }
  }
  return undefined;
}

function noneInstalled(workflow: Workflow, world: World): string {
  const namespaces = world.pluginNamespaces ?? [workflow.metadata.namespace ?? ""];
  return `no executor plugin is installed (looked in ${namespaces.length === 1 ? "namespace" : "namespaces"} ${namespaces.join(", ")})`;
}
