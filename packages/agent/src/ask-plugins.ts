import { sleep } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import { nobodyMessage, ownersByName, pluginsToAsk, pollTime, waitingMessage } from "@outrigger/types";
import type { CancelAnswer, JsonValue, NodeResult } from "@outrigger/types";
import type { CancelCall, Plugin, SettledAnswer, TaskCall } from "./plugin.ts";
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

// How long to wait for plugins to say which keys they claim, from the first task on. One that is slow to start must not hold up
// tasks that are none of its business, least of all those that another one owns by its name.
const CLAIMS_ALLOWANCE_MS = 5_000;
const OWNED_CLAIMS_ALLOWANCE_MS = 500;

/** All plugins of an agent: finds the one for a task. */
export class Plugins {
  readonly #options: PluginsOptions;
  /** In order of their names. */
  readonly #plugins: readonly Plugin[];
  #claims: { readonly sinceMs: number; readonly asked: Promise<unknown> } | undefined;

  constructor(options: PluginsOptions) {
    this.#options = options;
    this.#plugins = options.plugins.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Asks one plugin after the other for a task. `known` is the plugin that it is with already. */
  async ask(key: string, known: string | undefined, call: TaskCall): Promise<TaskOutcome> {
    const declined: string[] = [];
    const lacking: string[] = [];
    for (const plugin of await this.#candidates(key, known)) {
      const answer = await plugin.execute(call);
      if (answer.kind === "declined") declined.push(plugin.name);
      else if (answer.kind === "unknownMethod") lacking.push(plugin.name);
      else return this.#outcome(plugin, answer);
    }
    return { kind: "finished", result: failure(nobodyMessage(key, declined, lacking)) };
  }

  /** Tells the plugin that has it that a task is no longer wanted. Undefined if none can be told. */
  async cancel(
    key: string,
    known: string | undefined,
    call: CancelCall,
  ): Promise<{ readonly plugin: string; readonly answer: CancelAnswer } | undefined> {
    for (const plugin of await this.#candidates(key, known)) {
      const answer = await plugin.cancel(call);
      if (answer !== undefined) return { plugin: plugin.name, answer };
    }
    return undefined;
  }

  async #candidates(key: string, known: string | undefined): Promise<readonly Plugin[]> {
    const holder = this.#plugins.find(({ name }) => name === known);
    if (holder !== undefined) return [holder];
    if (this.#plugins.length < 2) return this.#plugins;
    await this.#awaitClaims(key);
    return pluginsToAsk(key, this.#plugins).flatMap((index) => this.#plugins[index] ?? []);
  }

  async #awaitClaims(key: string): Promise<void> {
    const { clock, signal } = this.#options;
    this.#claims ??= { sinceMs: clock.now(), asked: Promise.all(this.#plugins.map((plugin) => plugin.askKeys())) };
    const names = this.#plugins.map(({ name }) => name);
    const allowanceMs = ownersByName(key, names).length > 0 ? OWNED_CLAIMS_ALLOWANCE_MS : CLAIMS_ALLOWANCE_MS;
    const leftMs = this.#claims.sinceMs + allowanceMs - clock.now();
    if (leftMs <= 0) return;
    const over = new AbortController();
    const late = sleep(clock, leftMs, AbortSignal.any([signal, over.signal])).catch(() => {});
    await Promise.race([this.#claims.asked, late]);
    over.abort();
  }

  #outcome(plugin: Plugin, answer: Exclude<SettledAnswer, { kind: "declined" | "unknownMethod" }>): TaskOutcome {
    if (answer.kind === "fatal")
      return { kind: "finished", result: failure(`plugin ${plugin.name} ${answer.message}`) };
    if (answer.kind === "finished") return answer;
    const { clock, pollIntervalMs } = this.#options;
    const time = pollTime(answer.requeueMs, pollIntervalMs);
    const message = waitingMessage(answer.result?.message, time, clock.now());
    const result = answer.result && { ...answer.result, ...(message === undefined ? {} : { message }) };
    return { kind: "unfinished", result, afterMs: time.afterMs, plugin: plugin.name, state: answer.state };
  }
}
