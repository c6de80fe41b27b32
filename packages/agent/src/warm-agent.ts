import { Informer, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { LABEL_AGENT } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { AgentSlots } from "./agent-slots.ts";
import { startWorkflowAgent } from "./agent.ts";
import type { Agent, AgentEnd } from "./agent.ts";
import { agentMetrics } from "./metrics.ts";
import { resolveOptions } from "./options.ts";
import type { AgentOptions, ResolvedAgentOptions } from "./options.ts";
import { workflowOf } from "./task-set-object.ts";
import { SharedTaskSets } from "./task-set-source.ts";

export interface WarmAgentOptions extends Omit<AgentOptions, "workflowName" | "workflowUid"> {
  /** Its task set says that it is for this agent. */
  readonly agentName: string;
}

/** Waits for its Workflow, serves it, and ends with it. */
export function startWarmAgent(options: WarmAgentOptions): Agent {
  const agent = new WarmAgent(options);
  agent.start();
  return { done: agent.done, stop: () => agent.stop() };
}

/**
 * An agent that is started before its Workflow.
 *
 * Owns: the watch, and which Workflow it is. Does not own: how that is served.
 * 1. It serves one Workflow, the first whose task set is for it, and no other after that.
 * 2. Started again, it goes on with what is for it.
 */
class WarmAgent {
  readonly #options: ResolvedAgentOptions;
  readonly #informer: Informer;
  readonly #taskSets: SharedTaskSets;
  readonly #ended = Promise.withResolvers<AgentEnd>();
  #agent: Agent | undefined;

  constructor({ agentName, ...options }: WarmAgentOptions) {
    this.#options = resolveOptions({ ...options, workflowName: "", workflowUid: "" });
    const { client, namespace, clock, telemetry } = this.#options;
    this.#informer = new Informer({
      client,
      resource: WORKFLOW_TASK_SETS,
      namespace,
      labelSelector: `${LABEL_AGENT}=${agentName}`,
      clock,
      onError: (error) => telemetry.logger.warn({ error: errorText(error) }, "Task sets cannot be watched"),
    });
    this.#taskSets = new SharedTaskSets(this.#informer);
    telemetry.logger.info({ agentName }, "Agent waits for its Workflow");
  }

  get done(): Promise<AgentEnd> {
    return this.#ended.promise;
  }

  start(): void {
    this.#informer.onChange(({ type, object }) => {
      if (type !== "deleted") this.#serve(object);
    });
    this.#informer.start();
  }

  async stop(): Promise<void> {
    if (this.#agent === undefined) await this.#finish("stopped");
    else await this.#agent.stop();
  }

  #serve(taskSet: KubeObject): void {
    const workflow = workflowOf(taskSet);
    if (this.#agent !== undefined || workflow === undefined) return; // 1
    const { telemetry } = this.#options;
    this.#agent = startWorkflowAgent(
      { ...this.#options, workflowName: workflow.name, workflowUid: workflow.uid },
      {
        taskSet: this.#taskSets.sourceOf(taskSet),
        slots: new AgentSlots(this.#options.limits.callsPerPlugin),
        metrics: agentMetrics(telemetry),
      },
    );
    void this.#agent.done.then((end) => this.#finish(end));
  }

  async #finish(end: AgentEnd): Promise<void> {
    await this.#informer.stop();
    this.#ended.resolve(end);
  }
}
