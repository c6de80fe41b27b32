import { sleep } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import { currentTraceparent } from "@outrigger/telemetry";
import type { Operation } from "@outrigger/telemetry";
import {
  METHOD_CANCEL,
  METHOD_EXECUTE,
  METHOD_INFO,
  answerOf,
  formatGoDuration,
  methodPath,
  nextTry,
  onceOnly,
  parseFirstJsonValue,
  pluginInfoParser,
} from "@outrigger/types";
import type { CallRules, CancelAnswer, Exchange, PluginAnswer, PluginInfo, PreparedRequest } from "@outrigger/types";
import type { PluginSlots } from "./agent-slots.ts";
import type { AgentLimits, PluginEndpoint } from "./options.ts";
import { callPlugin, pluginConnections } from "./plugin-client.ts";
import { StartGate } from "./start-gate.ts";
import { untilAborted } from "./until-aborted.ts";

export interface PluginOptions {
  readonly endpoint: PluginEndpoint;
  /** Shared with whoever else calls this plugin. */
  readonly slots: PluginSlots;
  readonly limits: AgentLimits;
  readonly dial: (address: string) => string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly requests: Operation<"plugin" | "method">;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** One task's call. */
export interface TaskCall {
  readonly nodeId: string;
  /** Made anew for each try: the trace goes on below it. */
  readonly request: (traceparent: string | undefined) => PreparedRequest;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Tells what the task waits for. */
  readonly note: (message: string) => void;
  /** No plugin has it yet: what follows is no poll. */
  readonly isFirst: boolean;
  /** Resolves once it is saved that this plugin is about to be called. */
  readonly intend: (plugin: string) => Promise<void>;
}

/** The task's call is to be ended. */
export interface CancelCall extends TaskCall {
  /** How long somebody waits for the answer. */
  readonly untilMs: number;
}

/** An answer that calling again would not change. */
export type SettledAnswer = Exclude<PluginAnswer, { kind: "transient" }>;

interface Attempt {
  readonly method: string;
  readonly nodeId?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly request: (traceparent: string | undefined) => { readonly body?: object } & Pick<PreparedRequest, "headers">;
}

// A plugin that starts as it should is not worth a message.
const SAY_WAITING_AFTER_MS = 2_000;
const INFO_TIMEOUT_MS = 2_000;

/**
 * One plugin, as long as the agent of a Workflow lives.
 *
 * Owns: what is known of it (whether it has ever listened, which methods it lacks, its plugin.info), and how often a call is tried.
 * Does not own: which tasks it is asked for, how many calls it gets at a time.
 * 1. A method that it has answered with 404 is never called again.
 * 2. Until it has listened once, a refused connection means "not started yet" and costs no try.
 * 3. Only requests under way take a slot; whoever waits for a plugin to start, or for the next try, takes none. To cancel has
 *    slots of its own: it must not wait behind the work that it is to end.
 * 4. Where the plugin is to be called at most once for a task, that is saved before each call, and a call that may have reached the
 *    plugin is not made again unless the plugin itself asks for it (503). Polls are calls that the plugin has asked for. Each has a
 *    connection of its own: of one that breaks as it is used again nobody knows whether the call has reached the plugin.
 */
export class Plugin {
  readonly #options: PluginOptions;
  readonly #gate: StartGate;
  readonly #connections: ReturnType<typeof pluginConnections>;
  readonly #lacking = new Set<string>();
  #listened = false;
  #keys: readonly string[] | undefined;
  #asked: Promise<void> | undefined;

  constructor(options: PluginOptions) {
    const { limits, clock, signal } = options;
    this.#options = options;
    this.#connections = pluginConnections(signal);
    this.#gate = new StartGate({ target: () => this.#target(), allowanceMs: limits.pluginStartMs, clock, signal });
  }

  get name(): string {
    return this.#options.endpoint.name;
  }

  /** Calls `template.execute` until there is an answer that stands. */
  async execute(call: TaskCall): Promise<SettledAnswer> {
    const { limits, clock, random, slots } = this.#options;
    if (this.#isOnceOnly(call) && !this.#listened && !(await this.#awaitStart(call))) return this.#neverStarted();
    for (let failures = 0; ;) {
      const answer = await slots.calls.run(this, call.signal, () => this.#try(call));
      if (answer.kind !== "transient") return answer;
      if (answer.cause === "refused" && !this.#listened) {
        if (await this.#awaitStart(call)) continue; // 2
        return this.#neverStarted();
      }
      failures += 1;
      const next = nextTry(limits, failures, answer, random);
      if (next.kind === "fatal") return next;
      call.note(`call retried ${failures + 1} of ${limits.maxTries}: plugin ${this.name}: ${answer.reason}`);
      await sleep(clock, next.afterMs, call.signal);
    }
  }

  /** Calls `template.cancel`, again where that may help, as long as there is time. Undefined if the task is none of its own. */
  async cancel(call: CancelCall): Promise<CancelAnswer | undefined> {
    const { limits, clock, slots } = this.#options;
    for (;;) {
      const answer = await slots.cancels.run(this, call.signal, () => {
        const timeoutMs = Math.max(call.untilMs - clock.now(), 0);
        return this.#ask({ ...call, method: METHOD_CANCEL, timeoutMs });
      });
      if (answer.kind === "declined" || answer.kind === "unknownMethod") return undefined;
      if (answer.kind !== "transient") return answer;
      if (answer.cause === "refused" && !this.#listened) return undefined; // it has never had the task
      if (clock.now() + limits.retryDelayMs >= call.untilMs) return answer;
      await sleep(clock, limits.retryDelayMs, call.signal);
    }
  }

  /** The keys that it claims, as far as it has said so. */
  get keys(): readonly string[] | undefined {
    return this.#keys;
  }

  /** Asks, once, which keys it claims, as soon as it listens. Never rejects. */
  askKeys(): Promise<void> {
    this.#asked ??= this.#askInfo().then(
      (info) => void (this.#keys = info?.keys),
      () => {},
    );
    return this.#asked;
  }

  async #askInfo(): Promise<PluginInfo | undefined> {
    const { signal } = this.#options;
    const ask = (): Promise<Exchange> =>
      this.#send({ method: METHOD_INFO, timeoutMs: INFO_TIMEOUT_MS, signal, request: () => ({ headers: {} }) });
    const first = await ask();
    const early = first.kind === "refused" && !this.#listened;
    const exchange = early && (await this.#starts()) ? await ask() : first;
    if (exchange.kind !== "answered" || exchange.status !== 200) return undefined;
    const info = pluginInfoParser(parseFirstJsonValue(exchange.body), "");
    return info.ok ? info.value : undefined;
  }

  async #try(call: TaskCall): Promise<PluginAnswer> {
    const timeoutMs = this.#rules.callTimeoutMs ?? this.#options.limits.callTimeoutMs;
    const attempt = { ...call, method: METHOD_EXECUTE, timeoutMs };
    if (!this.#isOnceOnly(call) || this.#lacking.has(METHOD_EXECUTE)) return this.#ask(attempt);
    await untilAborted(call.intend(this.name), call.signal); // 4
    const answer = onceOnly(await this.#ask(attempt)); // 4
    // A crash during the call of the next plugin must not be taken for one during this.
    if (answer.kind === "declined") call.note(`plugin ${this.name} declined`);
    return answer;
  }

  #isOnceOnly({ isFirst }: TaskCall): boolean {
    return isFirst && this.#rules.atMostOnce === true;
  }

  get #rules(): CallRules {
    return this.#options.endpoint.rules ?? {};
  }

  async #ask(attempt: Attempt): Promise<PluginAnswer> {
    const { method, nodeId = "" } = attempt;
    if (this.#lacking.has(method)) return { kind: "unknownMethod" }; // 1
    const answer = await this.#options.requests.run(
      { labels: { plugin: this.name, method }, attributes: { nodeId } },
      async () => answerOf(await this.#send(attempt), method),
      (settled) => (settled.ok ? settled.value.kind : attempt.signal.aborted ? "aborted" : "error"),
    );
    if (answer.kind === "unknownMethod") this.#lacking.add(method);
    return answer;
  }

  async #send({ method, timeoutMs, signal, request }: Attempt): Promise<Exchange> {
    const { endpoint, dial, limits, clock } = this.#options;
    const { headers, body } = request(currentTraceparent());
    const exchange = await callPlugin({
      method: body === undefined ? "GET" : "POST",
      url: `${dial(endpoint.address)}${methodPath(method)}`,
      headers: { ...headers, Authorization: `Bearer ${await endpoint.token()}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
      maxAnswerBytes: limits.maxAnswerBytes,
      clock,
      signal,
      connections: this.#rules.atMostOnce === true ? undefined : this.#connections, // 4
    });
    if (exchange.kind !== "refused") this.#listened = true;
    return exchange;
  }

  async #awaitStart({ note, signal }: TaskCall): Promise<boolean> {
    const { clock, limits } = this.#options;
    const since = new Date(clock.now()).toISOString();
    const allowance = formatGoDuration(limits.pluginStartMs);
    const timer = clock.schedule(SAY_WAITING_AFTER_MS, () =>
      note(
        `plugin ${this.name} does not listen on ${this.#place()} yet (waiting since ${since}, at most ${allowance})`,
      ),
    );
    try {
      return await untilAborted(this.#starts(), signal);
    } finally {
      timer.cancel();
    }
  }

  async #starts(): Promise<boolean> {
    const started = await this.#gate.wait();
    if (started) this.#listened = true;
    return started;
  }

  #neverStarted(): SettledAnswer {
    const waited = formatGoDuration(this.#options.limits.pluginStartMs);
    return {
      kind: "fatal",
      message: `does not listen on ${this.#place()}, waited for ${waited}: see the log of its container`,
    };
  }

  // As plugin.yaml has it, wherever it is reached.
  #place(): string {
    return new URL(this.#options.endpoint.address).host;
  }

  #target(): { readonly host: string; readonly port: number } {
    const { hostname, port } = new URL(this.#options.dial(this.#options.endpoint.address));
    return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port === "" ? 80 : port) };
  }
}
