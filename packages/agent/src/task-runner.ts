import type { Clock } from "@outrigger/kube";
import {
  cancelledMessage,
  childPath,
  executeRequest,
  formatIssues,
  idempotencyKey,
  taskFacts,
  templateBodies,
  templateParser,
} from "@outrigger/types";
import type { CancelOrder, HttpTemplate, JsonObject, NodeResult, Template, WorkflowIdentity } from "@outrigger/types";
import type { Plugins, TaskOutcome } from "./ask-plugins.ts";
import type { Task } from "./ledger-entry.ts";
import type { TaskCall } from "./plugin.ts";
import type { HttpRunner } from "./http-runner.ts";
import { failure } from "./report.ts";

export interface TaskRunnerOptions {
  readonly workflow: WorkflowIdentity;
  readonly plugins: Plugins;
  readonly http: HttpRunner;
  readonly clock: Clock;
  /** How long a plugin may take to cancel where the controller does not say. */
  readonly cancelGraceMs: number;
}

/** What stands around one run of a task. */
export interface RunContext {
  /** Aborted when nobody wants the outcome any more: the run then rejects. */
  readonly signal: AbortSignal;
  /** Tells what the task waits for. */
  readonly note: (message: string) => void;
  /** Resolves once it is saved that this plugin is about to be called. */
  readonly intend: (plugin: string) => Promise<void>;
}

// Where the controller waits no longer, or its clock is ahead of ours, the plugin is told all the same.
const MIN_CANCEL_MS = 1_000;

/** Does what a task asks for. Owns nothing: what is due, and what becomes of the outcome, is for others to say. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  async run(task: Task, context: RunContext): Promise<TaskOutcome> {
    const work = readTask(task);
    if (work.kind === "unreadable") return { kind: "finished", result: failure(work.problem) };
    if (work.kind === "plugin") return this.#callPlugin(work.template, task, context);
    return { kind: "finished", result: await this.#request(work.http, task, context) };
  }

  #request(http: HttpTemplate, { id, template, cancel }: Task, { signal }: RunContext): Promise<NodeResult> {
    // To end the request was all that could be done.
    if (cancel !== undefined) return Promise.resolve(failure(cancelledMessage(cancel.reason, undefined)));
    const key = idempotencyKey(this.#options.workflow, id, taskFacts(template));
    return this.#options.http.run(http, { nodeId: id, idempotencyKey: key, signal });
  }

  async #callPlugin(template: PluginTemplate, task: Task, context: RunContext): Promise<TaskOutcome> {
    const { plugins } = this.#options;
    const key = Object.keys(template.plugin)[0] ?? "";
    const call = this.#call(task, template, context);
    const known = task.held?.plugin;
    if (task.cancel === undefined) return plugins.ask(key, known, call);
    const said = await plugins.cancel(key, known, { ...call, untilMs: this.#untilMs(task.cancel) });
    return { kind: "finished", result: failure(cancelledMessage(task.cancel.reason, said)) };
  }

  #untilMs(order: CancelOrder): number {
    const { clock, cancelGraceMs } = this.#options;
    const nowMs = clock.now();
    return Math.max(order.untilMs ?? nowMs + cancelGraceMs, nowMs + MIN_CANCEL_MS);
  }

  #call({ id, held, cancel, ...task }: Task, template: PluginTemplate, context: RunContext): TaskCall {
    const facts = taskFacts(task.template);
    const { workflow } = this.#options;
    return {
      nodeId: id,
      ...context,
      isFirst: held === undefined,
      request: (traceparent) =>
        executeRequest({
          workflow,
          nodeId: id,
          template,
          facts,
          state: held?.state,
          traceparent,
          reason: cancel?.reason,
        }),
    };
  }
}

type PluginTemplate = Template & { readonly plugin: JsonObject };

type Work =
  | { readonly kind: "plugin"; readonly template: PluginTemplate }
  | { readonly kind: "http"; readonly http: HttpTemplate }
  | { readonly kind: "unreadable"; readonly problem: string };

function readTask({ id, template }: Task): Work {
  const parsed = templateParser(template, childPath("spec.tasks", id));
  if (!parsed.ok) return { kind: "unreadable", problem: `the task cannot be read: ${formatIssues(parsed.issues)}` };
  const { plugin, http } = parsed.value;
  if (plugin !== undefined) return { kind: "plugin", template: { ...parsed.value, plugin } };
  if (http !== undefined) return { kind: "http", http };
  const [body = "unknown"] = templateBodies(parsed.value);
  const problem = `the agent runs plugin and http templates; one of type ${body} it cannot run`;
  return { kind: "unreadable", problem };
}
