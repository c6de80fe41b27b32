import { unownedKeys } from "@outrigger/engine";
import type { InstalledPlugin } from "@outrigger/engine";
import { CONFIG_MAPS } from "@outrigger/kube";
import type { Informer, KubeClient } from "@outrigger/kube";
import { CONFIGMAP_TYPE_EXECUTOR_PLUGIN, LABEL_CONFIGMAP_TYPE } from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";
import type { PluginRegistry } from "./plugin-registry.ts";

const PLUGIN_SELECTOR = `${LABEL_CONFIGMAP_TYPE}=${CONFIGMAP_TYPE_EXECUTOR_PLUGIN}`;

export function isPlugin({ metadata }: KubeObject): boolean {
  return metadata.labels?.[LABEL_CONFIGMAP_TYPE] === CONFIGMAP_TYPE_EXECUTOR_PLUGIN;
}

export interface PluginLookupOptions {
  readonly client: KubeClient;
  readonly configMaps: Informer;
  readonly registry: PluginRegistry;
  readonly installNamespace: string;
}

/**
 * The plugins that a Workflow may use.
 *
 * Someone who installs a plugin and submits a Workflow right after must not be told that there is none, only because the two
 * watches are apart. So, before a Workflow goes without an owner for one of its keys, the API is asked once.
 */
export class PluginLookup {
  readonly #options: PluginLookupOptions;
  readonly #asked = new Set<string>();

  constructor(options: PluginLookupOptions) {
    this.#options = options;
  }

  async visibleTo(workflow: Workflow): Promise<readonly InstalledPlugin[]> {
    const { registry } = this.#options;
    const { namespace = "", uid = "" } = workflow.metadata;
    const plugins = registry.visibleFrom(namespace);
    if (this.#asked.has(uid) || unownedKeys(workflow, plugins).length === 0) return plugins;
    await this.#ask(namespace);
    this.#asked.add(uid);
    return registry.visibleFrom(namespace);
  }

  forget(uid: string): void {
    this.#asked.delete(uid);
  }

  async #ask(namespace: string): Promise<void> {
    const { client, configMaps, installNamespace } = this.#options;
    const namespaces = [...new Set([namespace, installNamespace])];
    const lists = namespaces.map((each) =>
      client.list(CONFIG_MAPS, { namespace: each, labelSelector: PLUGIN_SELECTOR }),
    );
    for (const { items } of await Promise.all(lists)) for (const item of items) configMaps.noteWritten(item);
  }
}
