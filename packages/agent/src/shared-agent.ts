import { Informer, WORKFLOW_TASK_SETS, objectKey } from "@outrigger/kube";
import { Gauge, errorText, unreadyCaches } from "@outrigger/telemetry";
import { AGENT_SHARED, LABEL_AGENT, LABEL_COMPLETED, instanceSelector } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { AgentSlots } from "./agent-slots.ts";
import { startWorkflowAgent } from "./agent.ts";
import type { Agent } from "./agent.ts";
import { agentMetrics } from "./metrics.ts";
import type { AgentMetrics } from "./metrics.ts";
import { resolveOptions } from "./options.ts";
import type { AgentOptions, ResolvedAgentOptions } from "./options.ts";
import { viewOf, workflowOf } from "./task-set-object.ts";
import { SharedTaskSets } from "./task-set-source.ts";

export interface SharedAgentOptions extends Omit<AgentOptions, "namespace" | "workflowName" | "workflowUid"> {
  /** The only namespace to serve; all if left out. */
  readonly namespace?: string;
  /** Serves task sets of this instance only; without it, those of none. As the controller does. */
  readonly instanceId?: string;
  /** All that it sees (the default), or those only that the controller has marked for it. */
  readonly taskSets?: "all" | "shared";
}

/**
 * The agent of many Workflows: all whose task sets it sees, with plugins that serve them all.
 *
 * Owns: the watch, the slots for calls, and which Workflow has an agent. Does not own: what such an agent does.
 * 1. One watch, of task sets that are not completed. An agent begins with the first task, and leaves nothing when it ends.
 * 2. Calls are bounded over all Workflows, per plugin; whose turn it is goes round among them.
 * 3. A task set has one agent at a time: one that still ends what its plugins are at comes before the next.
 */
export class SharedAgent {
  readonly #options: SharedAgentOptions;
  readonly #resolved: Omit<ResolvedAgentOptions, "namespace">;
  readonly #informer: Informer;
  readonly #taskSets: SharedTaskSets;
  readonly #slots: AgentSlots;
  readonly #metrics: AgentMetrics;
  readonly #agents = new Map<string, Agent>();
  /** Task sets of nobody that the log has told of. */
  readonly #disowned = new Set<string>();
  #stopping: Promise<void> | undefined;

  constructor(options: SharedAgentOptions) {
    const { namespace = "" } = options;
    this.#options = options;
    this.#resolved = resolveOptions({ ...options, namespace, workflowName: "", workflowUid: "" });
    const { client, clock, telemetry, limits } = this.#resolved;
    this.#informer = new Informer({
      client,
      resource: WORKFLOW_TASK_SETS,
      ...(namespace === "" ? {} : { namespace }),
      labelSelector: selectorOf(options),
      clock,
      onError: (error) => telemetry.logger.warn({ error: errorText(error) }, "Task sets cannot be watched"),
    });
    this.#taskSets = new SharedTaskSets(this.#informer);
    this.#slots = new AgentSlots(limits.callsPerPlugin);
    this.#metrics = agentMetrics(telemetry);
    const workflows: Gauge = new Gauge({
      name: "outrigger_agent_workflows",
      help: "Workflows that the agent serves",
      registers: [telemetry.registry],
      collect: () => workflows.set(this.#agents.size),
    });
  }

  start(): void {
    const { plugins, namespace = "", instanceId = "" } = this.#options;
    const names = plugins.map(({ name }) => name);
    this.#resolved.telemetry.logger.info({ namespace, instanceId, plugins: names }, "Shared agent has started");
    this.#informer.onChange(({ type, object }) => {
      if (type === "deleted") this.#disowned.delete(object.metadata.uid ?? "");
      else this.#serve(object);
    });
    this.#informer.start();
  }

  /** Begins nothing new, lets calls finish for a while, writes what there is. The next one goes on with the rest. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  /** What is not ready yet, in words. */
  notReady(): readonly string[] {
    return unreadyCaches({ "task sets": this.#informer });
  }

  async #stopOnce(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.stop()));
    await this.#informer.stop();
    this.#resolved.telemetry.logger.info({}, "Shared agent has ended");
  }

  #serve(taskSet: KubeObject): void {
    const { uid = "" } = taskSet.metadata;
    if (this.#stopping !== undefined || this.#agents.has(uid)) return;
    if (Object.keys(viewOf(taskSet).tasks).length === 0) return;
    const workflow = workflowOf(taskSet);
    if (workflow === undefined) return this.#disown(taskSet);
    const { namespace = "" } = taskSet.metadata;
    const agent = startWorkflowAgent(
      { ...this.#resolved, namespace, workflowName: workflow.name, workflowUid: workflow.uid },
      { taskSet: this.#taskSets.sourceOf(taskSet), slots: this.#slots, metrics: this.#metrics },
    );
    this.#agents.set(uid, agent);
    void agent.done.then(() => this.#ended(taskSet)); // 3
  }

  #ended({ metadata }: KubeObject): void {
    const { namespace = "", name = "", uid = "" } = metadata;
    this.#agents.delete(uid);
    const current = this.#informer.get({ namespace, name });
    if (current?.metadata.uid === uid) this.#serve(current); // it was completed, and has tasks again
  }

  // Without its Workflow's uid no call could be told from one for a namesake.
  #disown({ metadata }: KubeObject): void {
    const { uid = "" } = metadata;
    if (this.#disowned.has(uid)) return;
    this.#disowned.add(uid);
    const { logger } = this.#resolved.telemetry;
    logger.error({ taskSet: objectKey(metadata) }, "Task set is not served: it has no Workflow as owner");
  }
}

function selectorOf({ instanceId, taskSets = "all" }: SharedAgentOptions): string {
  return [
    `${LABEL_COMPLETED}!=true`,
    instanceSelector(instanceId),
    ...(taskSets === "all" ? [] : [`${LABEL_AGENT}=${AGENT_SHARED}`]),
  ].join(",");
}
