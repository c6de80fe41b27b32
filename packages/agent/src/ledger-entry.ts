import { cancelOrder, isFulfilled, isJsonObject, taskFacts } from "@outrigger/types";
import type { CancelOrder, JsonValue, NodeId, NodePhase, NodeResult } from "@outrigger/types";
import type { TaskOutcome } from "./ask-plugins.ts";
import { intentReport, interruptedCall } from "./intent.ts";
import { readReport } from "./report.ts";
import type { NodeReport, PollMark } from "./report.ts";

/** A task to be called. Whoever gets one hands it back with what came of it. */
export interface Task {
  readonly id: NodeId;
  /** The template as it was announced; nobody has looked at it yet. */
  readonly template: JsonValue;
  /** Where it is already under way. */
  readonly held: Held | undefined;
  /** Set if it is not to be run, but to be ended. */
  readonly cancel: CancelOrder | undefined;
}

/** The plugin that a task is with, and what that wants back. */
export interface Held {
  readonly plugin: string;
  readonly state: JsonValue | undefined;
}

type EntryState =
  | { readonly kind: "due" }
  | { readonly kind: "calling"; readonly task: Task }
  | { readonly kind: "waiting"; readonly dueAtMs: number }
  /** Its deadline has passed; the controller is to end it. */
  | { readonly kind: "overdue" }
  /** The result is unknown if it cannot be read, as one of another agent. `seen`: it has been in the task set. */
  | { readonly kind: "done"; readonly result: NodeReport | undefined; readonly seen: boolean }
  /** It has been in the task set, and is no more; or must go there, whatever has been before. */
  | { readonly kind: "lost"; readonly result: NodeReport | undefined; readonly sinceMs: number };

// A plugin that is asked this often, and says the same again, is not written down again.
const SHORT_POLL_MS = 5_000;
const PENDING: NodeReport = { phase: "Pending" };

/** What is known of one task. Its methods are the transitions that there are. */
export class LedgerEntry {
  readonly id: NodeId;
  readonly #template: JsonValue;
  #state: EntryState = { kind: "due" };
  #held: Held | undefined;
  #cancel: CancelOrder | undefined;
  /** Reported last, passing notes aside. */
  #reported: NodeReport | undefined;
  /** A passing note has been reported since. */
  #noted = false;

  /** `written` is what the task set holds of it already. */
  constructor(id: NodeId, template: JsonValue, written: JsonValue | undefined) {
    this.id = id;
    this.#template = template;
    const report = readReport(written);
    const interrupted = report && interruptedCall(report);
    if (isFinal(written)) this.#state = { kind: "done", result: report, seen: true };
    else if (interrupted !== undefined) this.#state = { kind: "lost", result: interrupted, sinceMs: -Infinity };
    else this.#resume(report);
  }

  /** Of which round of its Workflow it is. */
  get retries(): number {
    return taskFacts(this.#template).retries;
  }

  get state(): EntryState {
    return this.#state;
  }

  isDue(nowMs: number): boolean {
    return this.#state.kind === "due" || (this.#state.kind === "waiting" && this.#state.dueAtMs <= nowMs);
  }

  begin(): Task {
    const task: Task = { id: this.id, template: this.#template, held: this.#held, cancel: this.#cancel };
    this.#state = { kind: "calling", task };
    return task;
  }

  /** The call under way, if there is one. */
  get task(): Task | undefined {
    return this.#state.kind === "calling" ? this.#state.task : undefined;
  }

  /** Looks whether the task, as it is announced now, is to be ended. That ends the call under way. */
  heed(template: JsonValue): void {
    const order = cancelOrder(template);
    if (order === undefined || this.#cancel !== undefined || this.isAnswered) return;
    this.#cancel = order;
    this.#state = { kind: "due" };
  }

  /** The task to end, now that it has left the task set: if a plugin may be at it, and has not been told. */
  withdraw(reason: string): Task | undefined {
    if (this.#cancel !== undefined || this.isAnswered || this.#state.kind === "due") return undefined;
    this.#cancel = { reason, untilMs: undefined };
    return this.begin();
  }

  get isAnswered(): boolean {
    return this.#state.kind === "done" || this.#state.kind === "lost";
  }

  note(message: string): NodeReport {
    this.#noted = true;
    return { ...(this.#reported ?? PENDING), message };
  }

  /** Before a call that must not be made twice. */
  intend(plugin: string): NodeReport {
    this.#noted = true;
    return intentReport(plugin);
  }

  overdue(): void {
    this.#state = { kind: "overdue" };
  }

  settle(outcome: TaskOutcome, nowMs: number): NodeReport | undefined {
    return outcome.kind === "finished" ? this.finish(outcome.result) : this.#postpone(outcome, nowMs);
  }

  finish(result: NodeResult): NodeReport {
    this.#state = { kind: "done", result, seen: false };
    return result;
  }

  /** What the task set holds of it now. */
  compare(written: JsonValue | undefined, nowMs: number): void {
    const { kind } = this.#state;
    const isSeen = kind === "done" && this.#state.seen;
    const result = "result" in this.#state ? this.#state.result : undefined;
    if (isSeen && !isFinal(written)) this.#state = { kind: "lost", result, sinceMs: nowMs };
    // Where it is not ours, another agent has been faster.
    else if (!isSeen && isFinal(written))
      this.#state = { kind: "done", result: result ?? readReport(written), seen: true };
  }

  /** After its result was lost: the result once more, or undefined if the task must be called again. */
  restore(): NodeReport | undefined {
    if (this.#state.kind !== "lost") return undefined;
    const { result } = this.#state;
    if (result === undefined) this.#state = { kind: "due" };
    return result === undefined ? undefined : this.finish(result);
  }

  #resume(written: NodeReport | undefined): void {
    if (written?.poll === undefined) return;
    const { at, plugin, state } = written.poll;
    this.#held = { plugin, state: state === undefined ? undefined : (JSON.parse(state) as JsonValue) };
    this.#reported = written;
    this.#state = { kind: "waiting", dueAtMs: Date.parse(at) };
  }

  #postpone(outcome: Unfinished, nowMs: number): NodeReport | undefined {
    const { result, afterMs, plugin, state } = outcome;
    const dueAtMs = nowMs + afterMs;
    this.#state = { kind: "waiting", dueAtMs };
    this.#held = { plugin, state };
    const before = this.#noted ? undefined : this.#reported;
    if (result === undefined) return this.#withoutNote();
    this.#reported = { ...result, poll: pollMark(outcome, dueAtMs) };
    this.#noted = false;
    return afterMs < SHORT_POLL_MS && saysTheSame(before, this.#reported) ? undefined : this.#reported;
  }

  #withoutNote(): NodeReport | undefined {
    if (!this.#noted) return undefined;
    this.#noted = false;
    return this.#reported ?? PENDING;
  }
}

type Unfinished = Extract<TaskOutcome, { kind: "unfinished" }>;

/** A phase that nothing follows, whatever else the report may hold. */
function isFinal(written: JsonValue | undefined): boolean {
  const phase = isJsonObject(written) ? written["phase"] : undefined;
  return typeof phase === "string" && isFulfilled(phase as NodePhase);
}

function pollMark({ plugin, state }: Unfinished, dueAtMs: number): PollMark {
  const at = new Date(dueAtMs).toISOString();
  return { at, plugin, ...(state === undefined ? {} : { state: JSON.stringify(state) }) };
}

// Whenever the next call may be.
function saysTheSame(before: NodeReport | undefined, after: NodeReport): boolean {
  const said = (report: NodeReport): string => JSON.stringify({ ...report, poll: { ...report.poll, at: "" } });
  return before !== undefined && said(before) === said(after);
}
