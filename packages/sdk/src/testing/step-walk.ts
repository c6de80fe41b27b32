import {
  METHOD_CANCEL,
  METHOD_EXECUTE,
  answerOf,
  cancelledMessage,
  interruptedMessage,
  nextTry,
  nobodyMessage,
  onceOnly,
  pollTime,
  waitingMessage,
} from "@outrigger/types";
import type { Exchange, JsonValue, NodeResult, PluginAnswer, TryRules } from "@outrigger/types";
import type { PluginHandler } from "../handler.ts";
import type { PluginResponse } from "../response.ts";
import { textResponse } from "../response.ts";
import { stepRequest } from "./step-request.ts";
import type { WalkedStep } from "./step-request.ts";
import { deliver, deliverAndLeave, exchangeOf } from "./delivery.ts";
import type { Delivery } from "./delivery.ts";
import type { Fault } from "./fault.ts";
import type { TestCall, TestReport } from "./step.ts";
import type { WatchedPlugins } from "./watched-plugins.ts";

/** How agents deal with the plugin. */
export interface AgentRules extends TryRules {
  /** Argo's agent does not say who it asks for, hands no state back and does not cancel. */
  readonly agent: "outrigger" | "argo";
  /** Whether the plugin is annotated `outrigger.dev/at-most-once: "true"`. */
  readonly atMostOnce: boolean;
  /** More calls than this for one step are taken for a fault of the test. */
  readonly maxCalls: number;
  /** How long a plugin may take to end once its signal is aborted, by the real clock. */
  readonly patienceMs: number;
}

export interface WalkOptions {
  readonly handle: PluginHandler;
  readonly watched: WatchedPlugins;
  readonly rules: AgentRules;
  readonly startMs: number;
  readonly record: (call: TestCall) => void;
}

interface Sent {
  readonly delivery: Delivery;
  readonly response: PluginResponse;
}

// As an agent that is not told otherwise.
const POLL_INTERVAL_MS = 10_000;
const STOPPED = "workflow was stopped";

/**
 * One step, from its first call to its end, as an agent would take it there. Its clock is a number: what would wait, adds to it.
 *
 * Owns: what is to be done next. The rules themselves are those of the agent, in @outrigger/types.
 */
export class StepWalk {
  readonly #step: WalkedStep;
  readonly #options: WalkOptions;
  readonly reports: TestReport[] = [];
  readonly calls: TestCall[] = [];
  elapsedMs = 0;
  #failures = 0;
  /** Whether the plugin has asked to be polled. */
  #held = false;
  #state: JsonValue | undefined;

  constructor(step: WalkedStep, options: WalkOptions) {
    this.#step = step;
    this.#options = options;
  }

  async run(): Promise<NodeResult> {
    const { faults, deadlineMs = Infinity } = this.#step;
    const { maxCalls } = this.#options.rules;
    for (let count = 0; count < maxCalls; count += 1) {
      if (this.elapsedMs >= deadlineMs) return this.#cancel("step timed out");
      const result = await this.#call(faults[count]);
      if (result !== undefined) return result;
    }
    throw new Error(
      `the step has not ended after ${maxCalls} calls: does the plugin ever answer succeeded or failed? (maxCalls)`,
    );
  }

  /** One call. Answers the node's result if that was the last. */
  async #call(fault: Fault | undefined): Promise<NodeResult | undefined> {
    if (fault === "cancel") return this.#stopInTheMiddle();
    if (fault === "restart") return this.#restartInTheMiddle();
    const exchange = await this.#exchange(fault);
    const meant = answerOf(exchange, METHOD_EXECUTE);
    const result = this.#take(this.#isOnceOnly ? onceOnly(meant) : meant);
    return fault === "cancelAfter" && result === undefined ? this.#cancel(STOPPED) : result;
  }

  async #exchange(fault: Fault | undefined): Promise<Exchange> {
    const delivery = this.#delivery(METHOD_EXECUTE);
    switch (fault) {
      case "unavailable":
        this.#record(delivery, fault, undefined);
        return exchangeOf(textResponse(503, "no healthy upstream"));
      case "timeout": {
        const { callTimeoutMs } = this.#options.rules;
        const { left } = await deliverAndLeave(delivery, () => Promise.resolve());
        this.#record(delivery, fault, left);
        this.#wait(callTimeoutMs);
        return { kind: "broken", reason: `no answer within ${callTimeoutMs / 1_000} s` };
      }
      case "drop":
        this.#record(delivery, fault, await deliver(delivery));
        return { kind: "broken", reason: "connection dropped without an answer" };
      case "duplicate": {
        const [first, second] = await Promise.all([deliver(delivery), deliver(delivery)]);
        this.#record(delivery, fault, first);
        this.#record(delivery, fault, second);
        return exchangeOf(first);
      }
      default: {
        const response = await deliver(delivery);
        this.#record(delivery, fault, response);
        return exchangeOf(response);
      }
    }
  }

  /** What follows from an answer: the end, or a wait. */
  #take(answer: PluginAnswer): NodeResult | undefined {
    if (answer.kind === "transient") return this.#tryAgain(answer);
    if (answer.kind !== "unfinished") return ended(answer, this.#step.key);
    this.#postpone(answer);
    return undefined;
  }

  #tryAgain(answer: Extract<PluginAnswer, { kind: "transient" }>): NodeResult | undefined {
    this.#failures += 1;
    const next = nextTry(this.#options.rules, this.#failures, answer, () => 0);
    if (next.kind === "fatal") return ended(next, this.#step.key);
    this.#wait(next.afterMs);
    return undefined;
  }

  #postpone({ result, requeueMs, state }: Extract<PluginAnswer, { kind: "unfinished" }>): void {
    const time = pollTime(requeueMs, POLL_INTERVAL_MS);
    const { startMs, rules } = this.#options;
    const message = waitingMessage(result?.message, time, startMs + this.elapsedMs);
    if (result !== undefined) this.reports.push({ atMs: this.elapsedMs, message, progress: result.progress });
    this.#failures = 0;
    this.#held = true;
    this.#state = rules.agent === "argo" ? undefined : state;
    this.#wait(time.afterMs);
  }

  async #stopInTheMiddle(): Promise<NodeResult> {
    const delivery = this.#delivery(METHOD_EXECUTE);
    const { left, after } = await deliverAndLeave(delivery, () => this.#sendCancel(STOPPED));
    this.#record(delivery, "cancel", left);
    return this.#cancelled(STOPPED, after);
  }

  async #restartInTheMiddle(): Promise<NodeResult | undefined> {
    const delivery = this.#delivery(METHOD_EXECUTE);
    const { left } = await deliverAndLeave(delivery, () => Promise.resolve());
    this.#record(delivery, "restart", left);
    this.#failures = 0; // the next agent does not know
    return this.#isOnceOnly ? failure(interruptedMessage(this.#step.key)) : undefined;
  }

  async #cancel(reason: string): Promise<NodeResult> {
    return this.#cancelled(reason, await this.#sendCancel(reason));
  }

  /** Undefined if the agent has no such method. */
  async #sendCancel(reason: string): Promise<Sent | undefined> {
    if (this.#options.rules.agent === "argo") return undefined;
    const delivery = this.#delivery(METHOD_CANCEL, reason);
    return { delivery, response: await deliver(delivery) };
  }

  #cancelled(reason: string, sent: Sent | undefined): NodeResult {
    if (sent === undefined) return failure(reason);
    this.#record(sent.delivery, undefined, sent.response);
    const answer = answerOf(exchangeOf(sent.response), METHOD_CANCEL);
    const said =
      answer.kind === "declined" || answer.kind === "unknownMethod" ? undefined : { plugin: this.#step.key, answer };
    return failure(cancelledMessage(reason, said));
  }

  get #isOnceOnly(): boolean {
    return this.#options.rules.atMostOnce && !this.#held;
  }

  #wait(durationMs: number): void {
    this.elapsedMs = Math.min(this.elapsedMs + durationMs, this.#step.deadlineMs ?? Infinity);
  }

  #delivery(method: Delivery["method"], reason?: string): Delivery {
    const { handle, watched, rules, startMs } = this.#options;
    const { nodeId } = this.#step;
    const about = { startMs, agent: rules.agent, state: this.#state, reason };
    const body = JSON.stringify(stepRequest(this.#step, about));
    return { handle, watched, patienceMs: rules.patienceMs, method, nodeId, body };
  }

  #record({ method, body }: Delivery, fault: Fault | undefined, response: PluginResponse | undefined): void {
    const call: TestCall = {
      method: method === METHOD_CANCEL ? METHOD_CANCEL : METHOD_EXECUTE,
      atMs: this.elapsedMs,
      fault,
      request: JSON.parse(body),
      answer: response && { status: response.status, body: response.body },
    };
    this.calls.push(call);
    this.#options.record(call);
  }
}

function ended(answer: Exclude<PluginAnswer, { kind: "transient" | "unfinished" }>, key: string): NodeResult {
  if (answer.kind === "finished") return answer.result;
  if (answer.kind === "fatal") return failure(`plugin ${key} ${answer.message}`);
  return failure(answer.kind === "declined" ? nobodyMessage(key, [key], []) : nobodyMessage(key, [], [key]));
}

function failure(message: string): NodeResult {
  return { phase: "Failed", message };
}
