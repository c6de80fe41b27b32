import { isWarm, planWarmPods, podOfPool, secretsOfInterest, warmPodKey, workflowOfPool } from "@outrigger/engine";
import type { EngineConfig, WantedWarmPods, WarmPool, World } from "@outrigger/engine";
import { PODS, WorkQueue, hasReason } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import type { Logger } from "@outrigger/telemetry";
import { podParser } from "@outrigger/types";
import type { KubeObject, Pod, Workflow } from "@outrigger/types";
import { isWaiting, waitingKey } from "./agent-pods.ts";
import type { AgentPods } from "./agent-pods.ts";
import { parseOnce } from "./parse-once.ts";
import type { PluginRegistry } from "./plugin-registry.ts";
import type { SecretFacts } from "./secret-facts.ts";

export interface WarmPoolsOptions {
  readonly pools: readonly WarmPool[];
  readonly client: KubeClient;
  readonly agentPods: AgentPods;
  readonly registry: PluginRegistry;
  readonly secrets: SecretFacts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: EngineConfig;
}

const ALL = "all";
// What no watch tells of: a Secret with certificates has come.
const LOOK_AGAIN_MS = 60_000;
// To start a pod takes a machine's processor for a while: better not while the Workflow that took the last one makes its first step.
const REPLACE_AFTER_MS = 500;

const parsePod = parseOnce(podParser);

/**
 * Agent pods that run before there are Workflows for them.
 *
 * Owns: how many of them wait, and which is kept for the pass of which Workflow. Does not own: what such a pod is like and which
 * Workflows it can serve (the engine), nor the hand-over (a change like any other).
 * 1. A pod is offered to one Workflow at a time, until its pass is over. By then the cache knows whether it was taken.
 * 2. One look at a time, against a cache that holds all our own writes: none is made twice.
 */
export class WarmPools {
  readonly #options: WarmPoolsOptions;
  readonly #queue: WorkQueue;
  readonly #namespaces: ReadonlySet<string>;
  /** By the uid of the Workflow, that of the pod. */
  readonly #offered = new Map<string, string>();
  readonly #problems = new Map<WarmPool, string>();

  constructor(options: WarmPoolsOptions) {
    const { pools, clock, logger } = options;
    this.#options = options;
    this.#namespaces = new Set(pools.map(({ namespace }) => namespace));
    this.#queue = new WorkQueue({
      handle: () => this.#look(),
      workers: 1, // 2
      clock,
      onError: (_key, error) => logger.warn({ error: errorText(error) }, "Warm pools cannot be kept"),
    });
  }

  start(): void {
    this.#queue.start();
    this.look();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /** Something has changed that may matter: a pod, a plugin. */
  look(): void {
    this.#queue.add(ALL);
  }

  /** One was handed over. */
  lookSoon(): void {
    this.#queue.addAfter(ALL, REPLACE_AFTER_MS);
  }

  /** A pod that waits for a Workflow like this one; it is kept for it until withdraw(). */
  offer(workflow: Workflow, world: World): Pod | undefined {
    const { namespace = "", uid = "" } = workflow.metadata;
    const key = this.#namespaces.has(namespace) ? warmPodKey(workflow, world) : undefined;
    if (key === undefined) return undefined;
    const taken = new Set(this.#offered.values());
    const found = this.#options.agentPods
      .byIndex("waiting", waitingKey(namespace, key))
      .flatMap((object) => this.#read(object))
      .find((pod) => isWarm(pod) && !taken.has(pod.metadata.uid ?? ""));
    if (found !== undefined) this.#offered.set(uid, found.metadata.uid ?? ""); // 1
    return found;
  }

  /** The pass of this Workflow is over. */
  withdraw({ metadata }: KubeObject): void {
    this.#offered.delete(metadata.uid ?? "");
  }

  async #look(): Promise<void> {
    const { agentPods, clock } = this.#options;
    const wanted = await this.#wanted();
    const waiting = agentPods
      .list()
      .filter(isWaiting)
      .flatMap((object) => this.#read(object));
    const { create, remove, lookAgainMs } = planWarmPods(wanted, waiting, clock.now());
    await Promise.all([
      ...create.map((pod) => this.#create(pod)),
      ...remove.map(({ pod, reason }) => this.#remove(pod, reason)),
    ]);
    this.#queue.addAfter(ALL, Math.min(LOOK_AGAIN_MS, (lookAgainMs ?? Infinity) - clock.now()));
  }

  async #wanted(): Promise<readonly WantedWarmPods[]> {
    const wanted: WantedWarmPods[] = [];
    for (const pool of this.#options.pools) {
      const pods = podOfPool(pool, await this.#worldOf(pool));
      this.#tell(pool, pods.ok ? undefined : pods.message);
      if (pods.ok) wanted.push(pods.value);
    }
    return wanted;
  }

  async #worldOf(pool: WarmPool): Promise<World> {
    const { registry, secrets, clock, config } = this.#options;
    const plugins = registry.visibleFrom(pool.namespace);
    const names = secretsOfInterest(workflowOfPool(pool), plugins, config);
    const { existing, issuedTokens } = await secrets.lookUp(pool.namespace, names);
    const nothing = { taskSet: undefined, agentPod: undefined };
    return { ...nothing, nowMs: clock.now(), plugins, secrets: existing, issuedTokens, config };
  }

  #tell(pool: WarmPool, problem: string | undefined): void {
    if (this.#problems.get(pool) === problem) return;
    if (problem === undefined) {
      this.#problems.delete(pool);
      return;
    }
    this.#problems.set(pool, problem);
    this.#options.logger.warn({ ...pool, problem }, "Warm pool stays empty");
  }

  async #create(pod: KubeObject): Promise<void> {
    const { client, agentPods, logger } = this.#options;
    const made = await client.create(PODS, pod.metadata.namespace, pod);
    agentPods.noteWritten(made);
    logger.info({ namespace: made.metadata.namespace, pod: made.metadata.name }, "Warm agent pod made");
  }

  async #remove({ metadata }: Pod, reason: string): Promise<void> {
    const { client, logger } = this.#options;
    const { namespace = "", name = "", uid = "" } = metadata;
    logger.info({ namespace, pod: name, reason }, "Warm agent pod is removed");
    try {
      await client.delete(PODS, { namespace, name }, { uid });
    } catch (error) {
      if (!hasReason(error, "NotFound", "Conflict")) throw error;
    }
  }

  #read(object: KubeObject): readonly Pod[] {
    const parsed = parsePod(object);
    return parsed.ok ? [parsed.value] : [];
  }
}
