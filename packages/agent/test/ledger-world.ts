import { isFulfilled } from "@outrigger/types";
import type { JsonValue } from "@outrigger/types";
import type { TaskOutcome } from "../src/ask-plugins.ts";
import type { NodeReport } from "../src/report.ts";
import { TaskLedger } from "../src/task-ledger.ts";
import type { Task } from "../src/task-ledger.ts";

/** What may happen around a ledger; `store` and `trim` are writes of the agent and the controller to the task set's results. */
export type Step =
  | { readonly kind: "announce" | "cancel" | "remove" | "store" | "trim" | "answer" | "poll"; readonly id: string }
  /** An agent dies, and the next one comes. */
  | { readonly kind: "crash" }
  | { readonly kind: "wait"; readonly ms: number };

const TEMPLATE = { plugin: { hello: {} } };
const CANCELLED = { ...TEMPLATE, metadata: { annotations: { "outrigger.dev/cancel": "stopped" } } };
const ANSWER: TaskOutcome = { kind: "finished", result: { phase: "Succeeded" } };
const POLL: TaskOutcome = {
  kind: "unfinished",
  result: { phase: "Running" },
  afterMs: 1_000,
  plugin: "hello",
  state: undefined,
};

/** A controller, an API and plugins that are called at most once around a ledger; looks at each of its decisions. */
export class LedgerWorld {
  readonly problems: string[] = [];
  #ledger = new TaskLedger();
  readonly #tasks = new Map<string, JsonValue>();
  readonly #results = new Map<string, NodeReport>();
  readonly #calls = new Map<string, Task>();
  readonly #unwritten = new Map<string, NodeReport>();
  /** Tasks whose plugin has been called for the first time. */
  readonly #begun = new Set<string>();
  #nowMs = 0;

  take(next: Step): void {
    if (next.kind === "wait") this.#nowMs += next.ms;
    else if (next.kind === "crash") this.#crash();
    else this.#act(next.kind, next.id);
    const results = JSON.parse(JSON.stringify(Object.fromEntries(this.#results))) as Record<string, JsonValue>;
    const { gone, unwanted } = this.#ledger.observe({ tasks: Object.fromEntries(this.#tasks), results }, this.#nowMs);
    for (const { id } of unwanted) this.#calls.delete(id);
    for (const id of gone) this.#unwritten.delete(id);
    for (const { id, report } of this.#ledger.takeLost(this.#nowMs)) this.#unwritten.set(id, report);
    for (const task of this.#ledger.takeDue(this.#nowMs)) this.#call(task);
  }

  /** Tasks that nobody calls, will call, or has answered. */
  forgotten(): readonly string[] {
    const cared = (id: string): boolean => this.#calls.has(id) || this.#unwritten.has(id) || this.#results.has(id);
    if (this.#ledger.nextWakeMs() !== undefined) return [];
    return [...this.#tasks.keys()].filter((id) => !cared(id)).map((id) => `${id} is forgotten`);
  }

  #call(task: Task): void {
    const { id, cancel, held } = task;
    if (cancel === undefined && this.#tasks.get(id) === CANCELLED) this.problems.push(`${id} is called, not cancelled`);
    if (this.#calls.has(id)) this.problems.push(`${id} is called twice at once`);
    if (this.#results.get(id)?.phase === "Succeeded")
      this.problems.push(`${id} is called although its answer is stored`);
    if (this.#unwritten.get(id)?.phase === "Succeeded") this.problems.push(`${id} is called although it was answered`);
    this.#calls.set(id, task);
    if (cancel === undefined && held === undefined) this.#begin(task);
  }

  #begin(task: Task): void {
    const { id } = task;
    if (this.#begun.has(id)) this.problems.push(`${id} is begun twice`);
    this.#begun.add(id);
    const intent = this.#ledger.intend(task, "hello");
    if (intent !== undefined) this.#results.set(id, intent);
  }

  #crash(): void {
    this.#ledger = new TaskLedger();
    this.#calls.clear();
    this.#unwritten.clear();
  }

  #act(kind: Exclude<Step["kind"], "wait" | "crash">, id: string): void {
    const actions: Record<typeof kind, () => void> = {
      announce: () => void this.#tasks.set(id, TEMPLATE),
      cancel: () => void this.#tasks.set(id, CANCELLED),
      remove: () => this.#remove(id),
      trim: () => this.#trim(id),
      store: () => this.#store(id),
      answer: () => this.#settle(this.#calls.get(id), ANSWER),
      poll: () => this.#settle(this.#calls.get(id), POLL),
    };
    actions[kind]();
  }

  #remove(id: string): void {
    this.#tasks.delete(id);
    this.#begun.delete(id);
  }

  // A controller that takes the result of a task before the task makes it a new one to whoever has not seen the result.
  #trim(id: string): void {
    if (!isFulfilled(this.#results.get(id)?.phase)) return;
    this.#results.delete(id);
    this.#begun.delete(id);
  }

  #store(id: string): void {
    const report = this.#unwritten.get(id);
    if (report === undefined) return;
    this.#results.set(id, report);
    this.#unwritten.delete(id);
  }

  #settle(task: Task | undefined, outcome: TaskOutcome): void {
    if (task === undefined) return;
    this.#calls.delete(task.id);
    const report = this.#ledger.settle(task, outcome, this.#nowMs);
    if (report !== undefined) this.#unwritten.set(task.id, report);
  }
}
