import { sleep } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import { METHOD_EXECUTE } from "@outrigger/types";
import type { JsonValue, NodeResult } from "@outrigger/types";
import type { Plugin, SettledAnswer, TaskCall } from "./plugin.ts";
import { nobodyMessage, pluginsToAsk } from "./plugin-choice.ts";
import { pollTime } from "./poll-time.ts";
import { failure } from "./report.ts";

/** What came of asking for a task. */
export type TaskOutcome =
  | { readonly kind: "finished"; readonly result: NodeResult }
  /** To be asked again, that plugin alone. Without a result there is nothing to report. */
  | {
      readonly kind: "unfinished";
      readonly result: NodeResult | undefined;
      readonly afterMs: number;
      readonly plugin: string;
      readonly state: JsonValue | undefined;
    };

export interface PluginsOptions {
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  readonly signal: AbortSignal;
}

// A plugin that is slow to start must not hold up tasks that are none of its business.
const INFO_ALLOWANCE_MS = 5_000;

/** All plugins of an agent: finds the one for a task. */
export class Plugins {
  readonly #options: PluginsOptions;
  /** In order of their names. */
  readonly #plugins: readonly Plugin[];
  #keysAsked: Promise<void> | undefined;

  constructor(options: PluginsOptions) {
    this.#options = options;
    this.#plugins = options.plugins.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Asks one plugin after the other for a task. `known` is the plugin that it is with already. */
  async ask(key: string, known: string | undefined, call: TaskCall): Promise<TaskOutcome> {
    const declined: string[] = [];
    const lacking: string[] = [];
    for (const plugin of await this.#candidates(key, known)) {
      const answer = plugin.lacks(METHOD_EXECUTE) ? UNKNOWN_METHOD : await plugin.execute(call);
      if (answer.kind === "declined") declined.push(plugin.name);
      else if (answer.kind === "unknownMethod") lacking.push(plugin.name);
      else return this.#outcome(plugin, answer);
    }
    return { kind: "finished", result: failure(nobodyMessage(key, declined, lacking)) };
  }

  async #candidates(key: string, known: string | undefined): Promise<readonly Plugin[]> {
    const holder = this.#plugins.find(({ name }) => name === known);
    if (holder !== undefined) return [holder];
    if (this.#plugins.length < 2) return this.#plugins;
    this.#keysAsked ??= this.#askKeys();
    await this.#keysAsked;
    return pluginsToAsk(key, this.#plugins).flatMap((index) => this.#plugins[index] ?? []);
  }

  async #askKeys(): Promise<void> {
    const { clock, signal } = this.#options;
    const over = new AbortController();
    const late = sleep(clock, INFO_ALLOWANCE_MS, AbortSignal.any([signal, over.signal])).catch(() => {});
    await Promise.race([Promise.all(this.#plugins.map((plugin) => plugin.askKeys())), late]);
    over.abort();
  }

  #outcome(plugin: Plugin, answer: Exclude<SettledAnswer, { kind: "declined" | "unknownMethod" }>): TaskOutcome {
    if (answer.kind === "fatal")
      return { kind: "finished", result: failure(`plugin ${plugin.name} ${answer.message}`) };
    if (answer.kind === "finished") return answer;
    const { afterMs, remark } = pollTime(answer.requeueMs, this.#options.pollIntervalMs);
    const { result, state } = answer;
    return { kind: "unfinished", result: result && withRemark(result, remark), afterMs, plugin: plugin.name, state };
  }
}

const UNKNOWN_METHOD: SettledAnswer = { kind: "unknownMethod" };

function withRemark(result: NodeResult, remark: string | undefined): NodeResult {
  if (remark === undefined) return result;
  const { message = "" } = result;
  return { ...result, message: message === "" ? remark : `${message} (${remark})` };
}
