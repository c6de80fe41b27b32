import type { InstalledPlugin } from "@outrigger/engine";
import type { Logger } from "@outrigger/telemetry";
import { formatIssues, workflowKey } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import type { EventRecorder } from "./events.ts";
import { readPlugin } from "./plugin-manifest.ts";

export interface PluginRegistryOptions {
  readonly installNamespace: string;
  readonly logger: Logger;
  readonly events: EventRecorder;
}

/**
 * The plugins that are installed, kept up to date from their ConfigMaps.
 *
 * Owns: what each ConfigMap means, and telling about it (log lines, Events). Does not own: the watch.
 * 1. A ConfigMap that is no valid plugin is not installed, and says so once for each of its versions.
 * 2. For a namespace, a plugin of that namespace hides the one of the same name in the install namespace.
 */
export class PluginRegistry {
  readonly #options: PluginRegistryOptions;
  readonly #plugins = new Map<string, InstalledPlugin>();

  constructor(options: PluginRegistryOptions) {
    this.#options = options;
  }

  /** A ConfigMap was added or changed. */
  put(object: KubeObject): void {
    const key = workflowKey(object.metadata);
    const { logger, events } = this.#options;
    const fields = { name: object.metadata.name, namespace: object.metadata.namespace };
    const plugin = readPlugin(object);
    const known = this.#plugins.has(key);
    if (plugin.ok) {
      this.#plugins.set(key, plugin.value);
      logger.info(fields, known ? "Executor plugin updated" : "Executor plugin added");
      return;
    }
    const problem = formatIssues(plugin.issues);
    logger.error({ ...fields, error: problem }, "Executor plugin is invalid");
    void events.record(object, {
      type: "Warning",
      reason: "InvalidExecutorPlugin",
      message: `not installed: ${problem}`,
    });
    if (known) this.remove(object);
  }

  remove(object: KubeObject): void {
    if (!this.#plugins.delete(workflowKey(object.metadata))) return;
    const { name, namespace } = object.metadata;
    this.#options.logger.info({ name, namespace }, "Executor plugin removed");
  }

  /** What a Workflow of this namespace may use, ordered by name. */
  visibleFrom(namespace: string): readonly InstalledPlugin[] {
    const byName = new Map<string, InstalledPlugin>();
    for (const plugin of this.#plugins.values()) {
      const own = plugin.namespace === namespace;
      if (own || (plugin.namespace === this.#options.installNamespace && !byName.has(plugin.name))) {
        byName.set(plugin.name, plugin);
      }
    }
    return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}
