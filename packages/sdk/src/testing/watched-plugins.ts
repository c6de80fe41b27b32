import type { Plugin } from "../plugin.ts";

/** Plugins that say when they are called: faults strike while they are at work. */
export class WatchedPlugins {
  readonly #waiting = new Map<string, () => void>();
  readonly plugins: readonly Plugin[];

  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins.map((plugin) => this.#watched(plugin));
  }

  /** Resolves when a plugin is called for this node. */
  begun(nodeId: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(nodeId, resolve);
    return promise;
  }

  #watched(plugin: Plugin): Plugin {
    const poll = plugin.poll?.bind(plugin);
    const cancel = plugin.cancel?.bind(plugin);
    return {
      ...plugin,
      execute: (context) => {
        this.#begins(context.nodeId);
        return plugin.execute(context);
      },
      ...(poll && {
        poll: (context) => {
          this.#begins(context.nodeId);
          return poll(context);
        },
      }),
      ...(cancel && { cancel }),
    };
  }

  #begins(nodeId = ""): void {
    this.#waiting.get(nodeId)?.();
    this.#waiting.delete(nodeId);
  }
}
