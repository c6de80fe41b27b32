import {
  CONFIG_MAPS,
  Informer,
  PODS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  WorkQueue,
  hasReason,
  systemClock,
} from "@outrigger/kube";
import type { Clock, InformerOptions, KubeClient, KubeError, ObjectChange, Resource } from "@outrigger/kube";
import { errorText, unreadyCaches } from "@outrigger/telemetry";
import type { Logger, Telemetry } from "@outrigger/telemetry";
import { LABEL_WARM_POOL, instanceSelector, workflowKey } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { AccessReviews } from "./access-reviews.ts";
import { agentPodsInformer, isWaiting, workflowKeyOfPod } from "./agent-pods.ts";
import type { AgentPods } from "./agent-pods.ts";
import { CONFIG_MAP_SELECTOR, ConfigMapLookup } from "./config-map-lookup.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { ControllerConfig } from "./config.ts";
import { EventRecorder } from "./events.ts";
import { fencedClient } from "./fenced-client.ts";
import { hasForeignResults } from "./foreign-results.ts";
import { ControllerMetrics } from "./metrics.ts";
import { PackedLog } from "./packed-log.ts";
import { PluginLookup, isPlugin } from "./plugin-lookup.ts";
import { PluginRegistry } from "./plugin-registry.ts";
import { Problems } from "./problems.ts";
import { reconcile } from "./reconcile.ts";
import type { ReconcileContext } from "./reconcile.ts";
import { refreshCaches } from "./refresh-caches.ts";
import { SecretFacts } from "./secret-facts.ts";
import { WarmPools } from "./warm-pools.ts";

export interface ControllerOptions {
  readonly client: KubeClient;
  readonly config: ControllerConfig;
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  /** Of several controllers one works at a time. Default: this one does. */
  readonly leadership?: Leadership;
}

/** Whether this controller is the one that works. */
export interface Leadership {
  /** Resolves when it is. */
  readonly elected: Promise<void>;
  isLeading(): boolean;
}

const ALONE: Leadership = { elected: Promise.resolve(), isLeading: () => true };

interface Informers {
  readonly workflows: Informer;
  readonly taskSets: Informer;
  readonly agentPods: AgentPods;
  readonly configMaps: Informer;
}

/**
 * The controller as a library: informers → queue → reconcile → apply.
 *
 * Owns: which Workflow is looked at when. Does not own: decisions (engine), the client, the process around it.
 * 1. Nothing is reconciled before every cache has synced: an empty cache is not an empty world.
 * 2. A Workflow is reconciled by one worker at a time (WorkQueue), against caches that hold all our own writes (noteWritten).
 * 3. Only the leader writes. Who waits to lead keeps its caches filled, and brings them up to date when its turn comes: it must not
 *    take for open what the one before it has done.
 * 4. stop() lets the reconciles under way, and the saves beside them, finish what they write.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #informers: Informers;
  readonly #queue: WorkQueue;
  readonly #context: ReconcileContext;
  readonly #registry: PluginRegistry;
  readonly #warmPools: WarmPools;
  readonly #metrics: ControllerMetrics;
  readonly #leadership: Leadership;

  constructor(options: ControllerOptions) {
    const { config, telemetry } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = telemetry.logger;
    this.#leadership = options.leadership ?? ALONE;
    const client = fencedClient(options.client, () => this.#leadership.isLeading()); // 3
    this.#informers = this.#createInformers();
    this.#queue = new WorkQueue({
      handle: (key) => this.#handle(key),
      workers: config.workers,
      clock: this.#clock,
      onError: (key, error, failures) => this.#failed(key, error, failures),
    });
    this.#metrics = new ControllerMetrics(telemetry, {
      queue: () => this.#queue.stats(),
      isLeading: () => this.#leadership.isLeading(),
    });
    const events = new EventRecorder({ client, clock: this.#clock, logger: this.#logger });
    const { installNamespace } = config;
    this.#registry = new PluginRegistry({ installNamespace, logger: this.#logger, events });
    const secrets = new SecretFacts(client, this.#clock);
    const accessReviews = new AccessReviews({ client, clock: this.#clock, logger: this.#logger });
    const common = { client, secrets, clock: this.#clock, logger: this.#logger, config: config.engine };
    const { agentPods } = this.#informers;
    this.#warmPools = new WarmPools({ ...common, pools: config.warmPools, agentPods, registry: this.#registry });
    this.#context = {
      ...this.#informers,
      ...common,
      accessReviews,
      events,
      installNamespace,
      instanceId: config.engine.instanceId,
      warmPools: this.#warmPools,
      checkpoints: new Checkpoints(this.#clock, config.checkpointIntervalMs, ({ metadata }, atMs) =>
        this.#queue.addAfter(workflowKey(metadata), Math.max(0, atMs - this.#clock.now())),
      ),
      log: new PackedLog(this.#logger),
      lookAgain: ({ metadata }) => this.#queue.add(workflowKey(metadata)),
      problems: new Problems(),
      deletedPods: new WeakSet(),
      configMapLookup: new ConfigMapLookup(client, this.#informers.configMaps),
      plugins: new PluginLookup({
        client,
        configMaps: this.#informers.configMaps,
        registry: this.#registry,
        installNamespace,
      }),
    };
  }

  /** Resolves when all caches are filled and work has begun: with others around, when it is this one's turn. */
  async start(): Promise<void> {
    const { workflows, taskSets, agentPods, configMaps } = this.#informers;
    configMaps.onChange((change) => {
      if (change.type !== "deleted" && isPlugin(change.object)) this.#registry.put(change.object);
      else this.#registry.remove(change.object);
      if (isPlugin(change.object)) this.#warmPools.look();
    });
    workflows.onChange((change) => this.#workflowChanged(change));
    taskSets.onChange((change) => {
      const key = workflowKey(change.object.metadata);
      if (change.type === "deleted") this.#context.log.forget(change.object.metadata.uid ?? "");
      if (change.source === "written" && hasForeignResults(change)) this.#queue.add(key);
      else this.#wake(change, key);
    });
    agentPods.onChange((change) => {
      const key = workflowKeyOfPod(change.object);
      if (key !== undefined) this.#wake(change, key);
      if (isWaiting(change.object)) this.#warmPools.look();
      else if (change.object.metadata.labels?.[LABEL_WARM_POOL] !== undefined) this.#warmPools.lookSoon();
    });
    const all = [workflows, taskSets, agentPods, configMaps];
    for (const informer of all) informer.start();
    await Promise.all(all.map((informer) => informer.whenSynced()));
    if (this.#leadership !== ALONE) {
      await this.#leadership.elected;
      await Promise.all(all.map((informer) => informer.refresh())); // 3
    }
    this.#queue.start(); // 1
    this.#warmPools.start();
    this.#logger.info(
      { workflows: workflows.size, plugins: configMaps.list().filter(isPlugin).length },
      "Controller started",
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#queue.stop(), this.#warmPools.stop()]); // 4
    await this.#context.checkpoints.stop();
    const { workflows, taskSets, agentPods, configMaps } = this.#informers;
    await Promise.all([workflows, taskSets, agentPods, configMaps].map((informer) => informer.stop()));
    this.#logger.info({}, "Controller stopped");
  }

  /** What is not ready yet, in words. */
  notReady(): readonly string[] {
    return unreadyCaches({ ...this.#informers });
  }

  #createInformers(): Informers {
    const { client, config } = this.#options;
    const { instanceId } = config.engine;
    const mine = instanceSelector(instanceId);
    const watchOf = (resource: Resource): InformerOptions => ({
      client,
      resource,
      clock: this.#clock,
      ...(config.watchNamespace === undefined ? {} : { namespace: config.watchNamespace }),
      onError: (error) => this.#logger.warn({ resource: resource.plural, error: errorText(error) }, "Watch failed"),
    });
    const create = (resource: Resource, labelSelector: string): Informer =>
      new Informer({ ...watchOf(resource), labelSelector });
    return {
      workflows: create(WORKFLOWS, mine),
      taskSets: create(WORKFLOW_TASK_SETS, mine),
      agentPods: agentPodsInformer(watchOf(PODS), instanceId),
      configMaps: create(CONFIG_MAPS, CONFIG_MAP_SELECTOR),
    };
  }

  #workflowChanged(change: ObjectChange): void {
    if (change.type !== "deleted") return this.#wake(change, workflowKey(change.object.metadata));
    const uid = change.object.metadata.uid ?? "";
    this.#context.checkpoints.forget(uid);
    this.#context.plugins.forget(uid);
    this.#context.configMapLookup.forget(uid);
    this.#context.problems.note(uid, undefined);
  }

  // What we wrote ourselves needs no second look: a reconcile decides everything there is to decide.
  #wake(change: ObjectChange, key: string): void {
    if (change.source !== "written") this.#queue.add(key);
  }

  async #handle(key: string): Promise<void> {
    const workflow = this.#find(key);
    if (workflow === undefined || !this.#leadership.isLeading()) return; // 3
    const wakeAtMs = await this.#metrics.reconciles.run({ labels: {}, attributes: { workflow: key } }, () =>
      reconcile(workflow, this.#context),
    );
    if (wakeAtMs !== undefined) this.#queue.addAfter(key, wakeAtMs - this.#clock.now());
  }

  // What may not be saved cannot tell it either.
  #tellRefusal(workflow: KubeObject, error: KubeError): void {
    const content = { type: "Warning", reason: "CannotGoOn", message: errorText(error) } as const;
    void this.#context.events.record(workflow, content);
  }

  #find(key: string): KubeObject | undefined {
    const [namespace = "", name = ""] = key.split("/");
    return this.#informers.workflows.get({ namespace, name });
  }

  #failed(key: string, error: unknown, failures: number): void {
    const [namespace = "", name = ""] = key.split("/");
    const fields = { namespace, workflow: name, failures, error: errorText(error) };
    // Someone else wrote in between; reading again mends it. It is worth a warning only when it goes on.
    const benign = hasReason(error, "Conflict", "AlreadyExists", "NotFound") && failures < 5;
    if (benign) this.#logger.debug(fields, "Reconcile is repeated");
    else this.#logger.warn(fields, "Reconcile failed");
    const workflow = this.#find(key);
    if (workflow !== undefined && failures === 1 && hasReason(error, "Forbidden")) this.#tellRefusal(workflow, error);
    void refreshCaches(error, { namespace, name }, this.#context);
  }
}
