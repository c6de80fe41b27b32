import { taskFacts } from "@outrigger/types";
import type { JsonValue, NodeId, NodeResult } from "@outrigger/types";
import type { TaskOutcome } from "./ask-plugins.ts";
import { LedgerEntry } from "./ledger-entry.ts";
import type { Task } from "./ledger-entry.ts";
import type { NodeReport } from "./report.ts";

export type { Task } from "./ledger-entry.ts";

/** A task set, its parts unread: `spec.tasks` and `status.nodes`. */
export interface TaskSetView {
  readonly tasks: Readonly<Record<string, JsonValue>>;
  readonly results: Readonly<Record<string, JsonValue>>;
}

export interface TaskReport {
  readonly id: NodeId;
  readonly report: NodeReport;
}

/** What a look at the task set has put an end to. */
export interface Ended {
  /** Tasks that are not there any more. */
  readonly gone: readonly NodeId[];
  /** Calls that nobody waits for any more. */
  readonly unwanted: readonly Task[];
  /** Tasks that are not there any more, and that a plugin may still be at: to be ended. Nobody waits for what comes of it. */
  readonly withdrawn: readonly Task[];
}

// Argo's controller takes a result away a moment before it takes the task.
const LOST_AFTER_MS = 10_000;

/**
 * What is to be done about each task of the task set. No clock, no I/O: times are handed in, decisions handed out.
 *
 * Owns: the state of every task. Does not own: calls and writes; it is told what came of them.
 * 1. A task is handed out once at a time, and never again once it has a final result.
 * 2. What an agent before this one has written counts: a final result is final, a poll goes on at its time, with plugin and state,
 *    a call that was begun and must not be made twice has failed.
 * 3. A task that has left the task set is forgotten, once it has been handed out to be ended. What still comes in of it counts for
 *    nothing, even if a task of the same id is there again: that one starts anew. So does a task of a Workflow that has been retried.
 * 4. A final result that was seen in the task set, and is missing there while its task stays, was lost. It is reported again;
 *    only if it could not be read, the task is called again.
 * 5. An answered task is not cancelled. Any other that is to be cancelled is handed out once more, for that.
 * 6. Who takes a task away has taken over what came of it: its result is for the agent to take away.
 */
export class TaskLedger {
  readonly #entries = new Map<string, LedgerEntry>();
  #leftovers: readonly string[] = [];

  /** Takes the task set as it stands. `whyGone`: what plugins are told of tasks that are not there any more. */
  observe({ tasks, results }: TaskSetView, nowMs: number, whyGone = "the task was withdrawn"): Ended {
    const underWay = [...this.#entries.values()].flatMap(({ task }) => task ?? []);
    this.#leftovers = Object.keys(results).filter((id) => !Object.hasOwn(tasks, id)); // 6
    const left = [...this.#entries.values()].filter((entry) => !isOf(entry, tasks));
    for (const { id } of left) this.#entries.delete(id); // 3
    for (const [id, template] of Object.entries(tasks)) {
      const written = Object.hasOwn(results, id) ? results[id] : undefined;
      const known = this.#entries.get(id);
      const entry = known ?? new LedgerEntry(id as NodeId, template, written); // 2
      if (known === undefined) this.#entries.set(id, entry);
      else known.compare(written, nowMs);
      entry.heed(template); // 5
    }
    return {
      gone: left.map(({ id }) => id),
      unwanted: underWay.filter((task) => this.#entryOf(task) === undefined),
      withdrawn: left.flatMap((entry) => entry.withdraw(whyGone) ?? []),
    };
  }

  /** The tasks to call now. They count as being called from now on. */
  takeDue(nowMs: number): readonly Task[] {
    return [...this.#entries.values()].filter((entry) => entry.isDue(nowMs)).map((entry) => entry.begin()); // 1
  }

  /** The results to report again. Tasks whose result nobody knows any more become due. */
  takeLost(nowMs: number): readonly TaskReport[] {
    return [...this.#entries.values()].flatMap((entry) => {
      const { state } = entry;
      if (state.kind !== "lost" || state.sinceMs + LOST_AFTER_MS > nowMs) return [];
      const report = entry.restore(); // 4
      return report === undefined ? [] : [{ id: entry.id, report }];
    });
  }

  /** When to look again; undefined if only an event can change anything. */
  nextWakeMs(): number | undefined {
    let nextMs = Infinity;
    for (const { state } of this.#entries.values()) {
      if (state.kind === "waiting") nextMs = Math.min(nextMs, state.dueAtMs);
      if (state.kind === "lost") nextMs = Math.min(nextMs, state.sinceMs + LOST_AFTER_MS);
    }
    return nextMs === Infinity ? undefined : nextMs;
  }

  /** What a task waits for, as a report; nothing if nobody wants it any more. */
  note(task: Task, message: string): NodeReport | undefined {
    return this.#entryOf(task)?.note(message);
  }

  /** What to save before a call that must not be made twice; nothing if nobody wants the task any more. */
  intend(task: Task, plugin: string): NodeReport | undefined {
    return this.#entryOf(task)?.intend(plugin);
  }

  /** The deadline has passed: no more calls. */
  overdue(task: Task): void {
    this.#entryOf(task)?.overdue();
  }

  /** Whether there are tasks that are not answered. */
  get hasOpenTasks(): boolean {
    return [...this.#entries.values()].some((entry) => !entry.isAnswered);
  }

  /** Whether the task set holds final results, which the controller takes away once they are saved. */
  get hasResultsToLeave(): boolean {
    return [...this.#entries.values()].some(({ state }) => state.kind === "done" && state.seen);
  }

  /** Results in the task set whose tasks are not there any more. */
  get leftovers(): readonly string[] {
    return this.#leftovers;
  }

  /** Takes what came of a call. Answers what to report of it, if anything. */
  settle(task: Task, outcome: TaskOutcome, nowMs: number): NodeReport | undefined {
    return this.#entryOf(task)?.settle(outcome, nowMs); // 3
  }

  /** The API has taken another result in place of the one that was reported. Answers the call that this ends. */
  replace(id: NodeId, result: NodeResult): Task | undefined {
    const entry = this.#entries.get(id);
    const task = entry?.task;
    entry?.finish(result);
    return task;
  }

  #entryOf(task: Task): LedgerEntry | undefined {
    const entry = this.#entries.get(task.id);
    return entry?.task === task ? entry : undefined;
  }
}

function isOf({ id, retries }: LedgerEntry, tasks: TaskSetView["tasks"]): boolean {
  const template = Object.hasOwn(tasks, id) ? tasks[id] : undefined;
  return template !== undefined && taskFacts(template).retries === retries;
}
