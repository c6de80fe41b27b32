import { sleep } from "@outrigger/kube";
import type { Timer } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { taskFacts } from "@outrigger/types";
import { AgentSlots } from "./agent-slots.ts";
import { Plugins } from "./ask-plugins.ts";
import type { TaskOutcome } from "./ask-plugins.ts";
import { HttpRunner } from "./http-runner.ts";
import { agentMetrics } from "./metrics.ts";
import type { AgentMetrics } from "./metrics.ts";
import { resolveOptions } from "./options.ts";
import type { AgentOptions, ResolvedAgentOptions } from "./options.ts";
import { Plugin } from "./plugin.ts";
import { failure } from "./report.ts";
import type { NodeReport } from "./report.ts";
import { ResultWriter } from "./result-writer.ts";
import { TaskLedger } from "./task-ledger.ts";
import type { Ended, Task } from "./task-ledger.ts";
import { TaskRunner } from "./task-runner.ts";
import { isOver, viewOf } from "./task-set-object.ts";
import { watchedTaskSet } from "./task-set-source.ts";
import type { TaskSetChange, TaskSetSource } from "./task-set-source.ts";

/** Why an agent has ended. `gone`: its Workflow has ended or was deleted, and nobody says which of the two. */
export type AgentEnd = "completed" | "deleted" | "gone" | "stopped";

export interface Agent {
  /** Resolves when the agent has ended and nothing of it runs any more. */
  readonly done: Promise<AgentEnd>;
  /** Begins nothing new, lets calls finish for a while, writes what there is. */
  readonly stop: () => Promise<void>;
}

/** What the agents of several Workflows in one process have in common; or not, as the task set. */
export interface AgentParts {
  readonly taskSet: TaskSetSource;
  readonly slots: AgentSlots;
  readonly metrics: AgentMetrics;
}

const LAST_LOOK_MS = 500;
// What plugins are told of calls that nobody wants any more.
const REASONS: Readonly<Record<Exclude<AgentEnd, "stopped">, string>> = {
  completed: "the Workflow was completed",
  deleted: "the Workflow was deleted",
  gone: "the Workflow has ended or was deleted",
};

/** Serves the plugin steps of one Workflow, from its WorkflowTaskSet, until that is completed or deleted. */
export function startAgent(options: AgentOptions): Agent {
  const resolved = resolveOptions(options);
  const { client, namespace, workflowName, clock, telemetry } = resolved;
  const onError = (error: unknown): void =>
    telemetry.logger.warn({ error: errorText(error) }, "Task set cannot be watched");
  return startWorkflowAgent(resolved, {
    taskSet: watchedTaskSet({ client, namespace, clock, onError }, workflowName),
    slots: new AgentSlots(resolved.limits.callsPerPlugin),
    metrics: agentMetrics(telemetry),
  });
}

/** The same, as one of many in a process. */
export function startWorkflowAgent(options: ResolvedAgentOptions, parts: AgentParts): Agent {
  const { namespace, workflowName: workflow, telemetry } = options;
  const logger = telemetry.logger.child({ namespace, workflow });
  const agent = new WorkflowAgent({ ...options, telemetry: { ...telemetry, logger } }, parts);
  agent.start();
  return { done: agent.done, stop: () => agent.stop() };
}

/**
 * One Workflow's agent: the task set in, calls to plugins, results out.
 *
 * Owns: the calls under way, and the life of the parts. Does not own: what is due (the ledger), how plugins are called (plugins),
 * how results are written (the writer).
 * 1. Every task that is taken from the ledger is given back to it with an outcome, whatever happens, unless nobody wants it any more.
 * 2. A result goes to the writer in the turn in which it is known.
 * 3. When a task leaves the task set, its call is aborted, its plugin told, and its result dropped: a result of a node that nobody
 *    knows only harms. So it is with all of them when the task set is completed or deleted, but not when the agent is told to stop:
 *    the next one goes on with them.
 * 4. After the end nothing is called, written or watched.
 * 5. No call outlasts its task's deadline, and none begins after it. To end the node is the controller's.
 */
class WorkflowAgent {
  readonly #options: ResolvedAgentOptions;
  readonly #ledger = new TaskLedger();
  readonly #taskSet: TaskSetSource;
  readonly #runner: TaskRunner;
  readonly #writer: ResultWriter;
  readonly #calls = new Map<Task, { readonly abort: AbortController; readonly ended: Promise<void> }>();
  readonly #ended = Promise.withResolvers<AgentEnd>();
  /** Aborted at the end: everything that waits or calls lets go. */
  readonly #over = new AbortController();
  #draining = false;
  #wake: Timer | undefined;
  #end: Promise<void> | undefined;

  constructor(options: ResolvedAgentOptions, { taskSet, slots, metrics }: AgentParts) {
    const { client, namespace, workflowName: name, workflowUid: uid, clock, random, limits, telemetry } = options;
    this.#options = options;
    this.#taskSet = taskSet;
    const { signal } = this.#over;
    const plugins = new Plugins({
      plugins: options.plugins.map(
        (endpoint) =>
          new Plugin({
            ...options,
            endpoint,
            slots: slots.of(endpoint.name),
            requests: metrics.pluginRequests,
            signal,
          }),
      ),
      clock,
      pollIntervalMs: limits.pollIntervalMs,
      signal,
    });
    const { cancelGraceMs } = limits;
    const secrets = { client, namespace, clock };
    const http = new HttpRunner({ ...options, secrets, slots: slots.http, requests: metrics.httpRequests });
    this.#runner = new TaskRunner({ workflow: { name, namespace, uid }, plugins, http, clock, cancelGraceMs });
    this.#writer = new ResultWriter({
      client,
      taskSet: { namespace, name },
      maxWriteBytes: limits.maxWriteBytes,
      clock,
      random,
      logger: telemetry.logger,
      writes: metrics.resultWrites,
      onWritten: (written) => taskSet.noteWritten(written),
      leftovers: () => this.#ledger.leftovers,
      mayGetRoom: () => this.#ledger.hasResultsToLeave,
      onReplaced: (id, result) => this.#abort(this.#ledger.replace(id, result)),
    });
  }

  get done(): Promise<AgentEnd> {
    return this.#ended.promise;
  }

  start(): void {
    const { plugins, telemetry } = this.#options;
    telemetry.logger.info({ plugins: plugins.map(({ name }) => name) }, "Agent has started");
    this.#taskSet.start((change) => this.#take(change));
  }

  async stop(): Promise<void> {
    this.#draining = true;
    await this.#within(Promise.race([this.#ended.promise, this.#drained()]));
    this.#abortAll();
    await this.#within(this.#writer.flush());
    await this.#finish("stopped");
  }

  // Where the Workflow was deleted, this pod goes at the same time as the task set, and who is told first is a matter of luck.
  async #drained(): Promise<void> {
    if (this.#ledger.hasOpenTasks) await sleep(this.#options.clock, LAST_LOOK_MS, this.#over.signal).catch(() => {});
    await this.#callsEnded();
  }

  async #callsEnded(): Promise<void> {
    await Promise.all([...this.#calls.values()].map(({ ended }) => ended));
  }

  #take(change: TaskSetChange): void {
    if (this.#end !== undefined) return;
    if (change.kind === "gone") return void this.#finish(change.end);
    const { taskSet } = change;
    if (isOver(taskSet, this.#options.workflowUid)) return void this.#finish("completed");
    this.#heed(this.#ledger.observe(viewOf(taskSet), this.#options.clock.now()));
    this.#advance();
  }

  #heed({ gone, unwanted, withdrawn }: Ended): void {
    for (const id of gone) this.#writer.forget(id); // 3
    for (const task of unwanted) this.#abort(task);
    for (const task of withdrawn) this.#begin(task);
  }

  /** Does all that is due, and sees to it that the next thing gets done in time. */
  #advance(): void {
    if (this.#draining || this.#over.signal.aborted) return;
    const { clock } = this.#options;
    const nowMs = clock.now();
    for (const { id, report } of this.#ledger.takeLost(nowMs)) this.#writer.report(id, report);
    for (const task of this.#ledger.takeDue(nowMs)) this.#begin(task);
    this.#wake?.cancel();
    const wakeMs = this.#ledger.nextWakeMs();
    this.#wake = wakeMs === undefined ? undefined : clock.schedule(wakeMs - nowMs, () => this.#advance());
  }

  #begin(task: Task): void {
    const { clock } = this.#options;
    const { deadlineMs } = taskFacts(task.template);
    if (task.cancel !== undefined || deadlineMs === undefined) return void this.#start(task);
    if (deadlineMs <= clock.now()) return this.#overdue(task, deadlineMs);
    const timer = clock.schedule(deadlineMs - clock.now(), () => this.#overdue(task, deadlineMs)); // 5
    void this.#start(task).finally(() => timer.cancel());
  }

  #overdue(task: Task, deadlineMs: number): void {
    const { logger } = this.#options.telemetry;
    logger.info({ nodeId: task.id, deadline: new Date(deadlineMs).toISOString() }, "Task's deadline has passed");
    this.#ledger.overdue(task);
    this.#calls.get(task)?.abort.abort(new Error("the task's deadline has passed"));
  }

  #start(task: Task): Promise<void> {
    const abort = new AbortController();
    const ended = this.#run(task, abort.signal).finally(() => this.#calls.delete(task));
    this.#calls.set(task, { abort, ended });
    return ended;
  }

  async #run(task: Task, signal: AbortSignal): Promise<void> {
    const { clock, telemetry } = this.#options;
    let outcome: TaskOutcome;
    try {
      const note = (message: string): void => this.#report(task, this.#ledger.note(task, message));
      const intend = (plugin: string): Promise<void> => this.#intend(task, plugin);
      outcome = await this.#runner.run(task, { signal, note, intend });
    } catch (error) {
      if (signal.aborted) return;
      telemetry.logger.error({ nodeId: task.id, error: errorText(error) }, "Task failed in the agent");
      outcome = { kind: "finished", result: failure(`the agent could not run the task: ${errorText(error)}`) }; // 1
    }
    if (signal.aborted) return;
    this.#report(task, this.#ledger.settle(task, outcome, clock.now())); // 2
    this.#advance();
  }

  async #intend(task: Task, plugin: string): Promise<void> {
    const report = this.#ledger.intend(task, plugin);
    if (report !== undefined) await this.#writer.save(task.id, report);
  }

  #report(task: Task, report: NodeReport | undefined): void {
    if (report !== undefined && !this.#over.signal.aborted) this.#writer.report(task.id, report);
  }

  #abort(task: Task | undefined): void {
    if (task === undefined) return;
    this.#writer.forget(task.id);
    this.#calls.get(task)?.abort.abort(new Error("the task is no longer wanted"));
  }

  #abortAll(): void {
    for (const { abort } of this.#calls.values()) abort.abort(new Error("the agent stops"));
  }

  #finish(end: AgentEnd): Promise<void> {
    this.#end ??= this.#finishOnce(end);
    return this.#end;
  }

  async #finishOnce(end: AgentEnd): Promise<void> {
    this.#draining = true;
    this.#wake?.cancel();
    this.#writer.stop();
    if (end !== "stopped") await this.#withdrawAll(REASONS[end]); // 3
    this.#over.abort(new Error("the agent has ended")); // 4
    this.#abortAll();
    await Promise.all([
      this.#taskSet.stop(),
      this.#writer.flush(),
      ...[...this.#calls.values()].map((call) => call.ended),
    ]);
    this.#options.telemetry.logger.info({ reason: end }, "Agent has ended");
    this.#ended.resolve(end);
  }

  async #withdrawAll(reason: string): Promise<void> {
    this.#heed(this.#ledger.observe({ tasks: {}, results: {} }, this.#options.clock.now(), reason));
    await this.#callsEnded();
  }

  async #within(work: Promise<unknown>): Promise<void> {
    const { clock, limits } = this.#options;
    const over = new AbortController();
    const late = sleep(clock, limits.drainMs, AbortSignal.any([over.signal, this.#over.signal])).catch(() => {});
    await Promise.race([work, late]);
    over.abort();
  }
}
