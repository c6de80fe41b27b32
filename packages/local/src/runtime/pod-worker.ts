// Owns: one pod from its first sight to its removal: its containers, volumes and status.
// Does not own: which ports it gets and when (process-runtime.ts), what comes next (pod-lifecycle.ts, which is asked after each event).
// Invariants:
//  K1 everything that happens goes through `#dispatch`: the state, the status in the API and the next steps never disagree;
//  K2 after an ending nothing is started any more; what was about to start does not;
//  K3 a pod is removed from the API only when none of its processes runs and its last status is written;
//  K4 what a finished pod held is released once.
import type { Timer } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { ANNOTATION_DEFAULT_CONTAINER } from "@outrigger/types";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import { readyContainer } from "./containers/container-starter.ts";
import type { ReadyContainer, RuntimeServices } from "./containers/container-starter.ts";
import type { RunningContainer } from "./containers/running-container.ts";
import type { LogStore, PodLogs } from "./logs/log-store.ts";
import type { ResolvedRuntimeOptions } from "./options.ts";
import type { PodApi, PodRef } from "./pod-api.ts";
import { eventsOf } from "./pod-events.ts";
import type { PodFacts } from "./pod-fields.ts";
import { applyEvent, hasSucceeded, newPodState, nextSteps } from "./pod-lifecycle.ts";
import type { Ending, LifecycleEvent, PodState } from "./pod-lifecycle.ts";
import { PodObjects } from "./pod-objects.ts";
import { podStatus } from "./pod-status.ts";
import { qosClass } from "./qos-class.ts";
import { referencedObjects } from "./referenced-objects.ts";
import { allContainers } from "./spec/pod-spec.ts";
import type { PodSpec } from "./spec/pod-spec.ts";
import { StatusWriter } from "./status-writer.ts";
import { PodVolumes } from "./volumes/pod-volumes.ts";
import { ServiceAccountTokens } from "./volumes/service-account-tokens.ts";

/** Who started the worker. */
export interface PodHost {
  readonly services: RuntimeServices;
  readonly logStore: LogStore;
  /** A container ended: the pod may be able to hand its ports over. */
  progressed(): void;
  /** Nothing of the pod runs any more, nor will. */
  finished(worker: PodWorker): void;
  /** The pod is gone from the API as well. */
  gone(worker: PodWorker): void;
}

const REMOVE_RETRY_MS = 1_000;

export class PodWorker {
  readonly ref: PodRef;
  readonly spec: PodSpec;
  readonly #host: PodHost;
  readonly #options: ResolvedRuntimeOptions;
  readonly #folder: string;
  readonly #qosClass: string;
  readonly #logs: PodLogs;
  readonly #objects: PodObjects;
  readonly #volumes: PodVolumes;
  readonly #status: StatusWriter;
  readonly #closing = new AbortController();
  readonly #running = new Map<string, RunningContainer>();
  readonly #endingCame = Promise.withResolvers<undefined>();
  readonly #stopped = Promise.withResolvers<void>();
  #pod: KubeObject;
  #state: PodState;
  #movedPorts: ReadonlyMap<number, number> = new Map();
  #wakeUp: Timer | undefined;
  #killTimer: Timer | undefined;
  #killAtMs = Number.POSITIVE_INFINITY;
  /** Grows when something changes that a container may wait for. */
  #changes = 0;
  #released = false;
  #deleting = false;
  #goneFromApi = false;
  #silent = false;

  constructor(pod: KubeObject, ref: PodRef, spec: PodSpec, host: PodHost) {
    const { options } = host.services;
    this.#options = options;
    this.ref = ref;
    this.spec = spec;
    this.#pod = pod;
    this.#host = host;
    this.#folder = join(options.folder, "pods", ref.uid);
    this.#qosClass = qosClass(spec);
    this.#state = newPodState(`${ref.name}_${ref.namespace}(${ref.uid})`, spec, options.backoff);
    const names = allContainers(spec).map((container) => container.name);
    this.#logs = host.logStore.open(ref, names, (container) => this.#waitingReason(container));
    this.#objects = new PodObjects(options.api, ref.namespace, referencedObjects(spec), () => this.#somethingChanged());
    this.#volumes = this.#makeVolumes();
    this.#status = new StatusWriter((status) => this.#tellApi("the status", (api) => api.writeStatus(ref, status)));
  }

  /** Resolves when nothing of the pod runs any more, nor will. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  get isEnding(): boolean {
    return this.#state.ending !== undefined;
  }

  /** Its default container has done its work: what else runs in the pod serves nobody. */
  get canHandOver(): boolean {
    const name = this.#pod.metadata.annotations?.[ANNOTATION_DEFAULT_CONTAINER];
    return this.#state.main.some((record) => record.name === name && hasSucceeded(record));
  }

  bind(movedPorts: ReadonlyMap<number, number>): void {
    this.#movedPorts = movedPorts;
    void this.#tellApi("the node", (api) => api.bindPod(this.ref, this.#options.nodeName));
    this.#dispatch({ type: "bound", atMs: this.#now() });
  }

  unschedulable(message: string): void {
    this.#dispatch({ type: "unschedulable", message });
  }

  /** The pod in a newer form. */
  update(pod: KubeObject): void {
    const before = this.#pod;
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) {
      const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? this.spec.terminationGracePeriodSeconds;
      this.#deleting = true;
      this.end({ kind: "deleted", message: "the pod is being deleted" }, graceSeconds * 1_000);
    } else if (readableFields(pod) !== readableFields(before)) this.#somethingChanged();
  }

  /** The API has dropped the pod. */
  removed(): void {
    this.#goneFromApi = true;
    this.#status.close();
    this.end({ kind: "deleted", message: "the pod was deleted" }, 0);
  }

  /** Stops what runs, at the latest after `graceMs`. Of several endings the first counts, and the shortest grace. */
  end(ending: Ending, graceMs: number): void {
    this.#killAtMs = Math.min(this.#killAtMs, this.#now() + graceMs);
    if (!this.isEnding) {
      this.#endingCame.resolve(undefined);
      for (const container of this.#running.values()) container.terminate();
      if (!this.#released) this.#dispatch({ type: "ending", ending }); // K2
    }
    if (this.#released) void this.#leave();
    else this.#killInTime();
  }

  /** The runtime stops: the API is told nothing of it. */
  shutDown(graceMs: number): Promise<void> {
    this.#silent = true;
    this.end({ kind: "deleted", message: "the local cluster stops" }, graceMs);
    return this.stopped;
  }

  #killInTime(): void {
    this.#killTimer?.cancel();
    this.#killTimer = this.#options.clock.schedule(this.#killAtMs - this.#now(), () => {
      for (const container of this.#running.values()) container.kill();
    });
  }

  // K1
  #dispatch(event: LifecycleEvent): void {
    const before = this.#state;
    this.#state = applyEvent(before, event);
    for (const podEvent of eventsOf(event, before, this.#state)) {
      void this.#tellApi("an event", (api) => api.recordEvent(this.ref, podEvent));
    }
    this.#advance();
    if (event.type === "exited") this.#host.progressed();
  }

  #advance(): void {
    const steps = nextSteps(this.#state, this.#now());
    for (const container of steps.start) this.#state = applyEvent(this.#state, { type: "starting", container });
    this.#tellStatus();
    this.#wakeUp?.cancel();
    this.#wakeUp = undefined;
    for (const container of steps.start) void this.#start(container);
    if (steps.deadlineExceeded) this.#endAtDeadline();
    else if (steps.finished) this.#finish();
    else if (steps.wakeAtMs !== undefined) this.#wakeAt(steps.wakeAtMs);
  }

  #wakeAt(atMs: number): void {
    this.#wakeUp = this.#options.clock.schedule(atMs - this.#now(), () => this.#advance());
  }

  #endAtDeadline(): void {
    const message = "Pod was active on the node longer than the specified deadline";
    this.end({ kind: "deadline", message }, this.spec.terminationGracePeriodSeconds * 1_000);
  }

  async #start(name: string): Promise<void> {
    const changes = this.#changes;
    try {
      const running = await this.#startUnlessEnded(name);
      this.#running.set(name, running);
      this.#dispatch({ type: "started", container: name, containerId: running.id, atMs: this.#now() });
      const exit = await running.ended;
      this.#running.delete(name);
      this.#dispatch({ type: "exited", container: name, atMs: this.#now(), ...exit });
    } catch (error) {
      const { reason, message, retryInMs } = asCannotStart(error);
      // What it lacked may have come while we were looking.
      const now = retryInMs === "when something changes" && changes !== this.#changes;
      const event = { reason, message, atMs: this.#now(), retryInMs: now ? 0 : retryInMs };
      this.#dispatch({ type: "blocked", container: name, ...event });
    }
  }

  async #startUnlessEnded(name: string): Promise<RunningContainer> {
    // Whatever it still waits for: an ending comes first.
    const ready = await Promise.race([this.#ready(name), this.#endingCame.promise]);
    if (ready !== undefined && !this.isEnding) return ready.start();
    throw new CannotStart("ContainerCreating", "the pod ended before", "when something changes"); // K2
  }

  async #ready(name: string): Promise<ReadyContainer> {
    const container = allContainers(this.spec).find((candidate) => candidate.name === name);
    if (container === undefined) throw new Error(`pod ${this.ref.name} has no container ${name}`);
    await this.#objects.known;
    const pod = {
      pod: this.#pod,
      facts: this.#facts(),
      lookup: this.#objects.lookup,
      volumes: this.#volumes,
      logs: this.#logs,
      ports: { moved: this.#movedPorts, isServed: (port: number) => this.#isServed(port) },
    };
    return readyContainer(container, pod, this.#host.services);
  }

  #isServed(port: number): boolean {
    const declaring = this.spec.containers.filter(({ ports }) => ports.includes(port));
    return declaring.length === 0 || declaring.some(({ name }) => this.#running.has(name));
  }

  #somethingChanged(): void {
    this.#changes += 1;
    try {
      this.#volumes.refresh();
    } catch (error) {
      this.#warn("cannot refresh volumes", error);
    }
    const blocked = [...this.#state.init, ...this.#state.main].filter(
      ({ state }) => state.kind === "waiting" && state.dueAtMs === undefined,
    );
    for (const { name } of blocked) this.#dispatch({ type: "unblocked", container: name });
  }

  #finish(): void {
    if (!this.#released) {
      this.#released = true; // K4
      this.#killTimer?.cancel();
      this.#closing.abort();
      this.#objects.close();
      this.#host.finished(this);
      this.#stopped.resolve();
    }
    void this.#leave();
  }

  // K3
  async #leave(): Promise<void> {
    await this.#status.idle;
    if (this.#goneFromApi) {
      this.#goneFromApi = false;
      this.#deleting = false;
      rmSync(this.#folder, { recursive: true, force: true });
      this.#host.logStore.podGone(this.#logs);
      this.#host.gone(this);
    } else if (this.#deleting) await this.#removeFromApi();
  }

  async #removeFromApi(): Promise<void> {
    this.#deleting = false;
    const { api, clock } = this.#options;
    try {
      await api.removePod(this.ref);
    } catch (error) {
      this.#warn("cannot remove the pod from the API, will try again", error);
      clock.schedule(REMOVE_RETRY_MS, () => void this.#removeFromApi());
    }
  }

  #makeVolumes(): PodVolumes {
    const { api, clock } = this.#options;
    const tokens = new ServiceAccountTokens({
      api,
      clock,
      pod: this.ref,
      serviceAccountName: this.spec.serviceAccountName,
      signal: this.#closing.signal,
      onRenewed: () => this.#volumes.refresh(),
      onFailure: (error) => this.#warn("cannot renew a service account token, will try again", error),
    });
    return new PodVolumes({
      folder: join(this.#folder, "volumes"),
      volumes: this.spec.volumes,
      tokens,
      context: () => ({ facts: this.#facts(), lookup: this.#objects.lookup }),
    });
  }

  #facts(): PodFacts {
    const { nodeName, machine } = this.#options;
    return { metadata: this.#pod.metadata, spec: this.spec, nodeName, machine };
  }

  #waitingReason(container: string): string | undefined {
    const state = [...this.#state.init, ...this.#state.main].find((record) => record.name === container)?.state;
    return state?.kind === "waiting" || state?.kind === "starting" ? state.reason : undefined;
  }

  #tellStatus(): void {
    const previous = this.#status.last;
    const context = {
      qosClass: this.#qosClass,
      nowMs: this.#now(),
      ...(previous === undefined ? {} : { previous }),
    };
    this.#status.tell(podStatus(this.#state, context));
  }

  async #tellApi(what: string, tell: (api: PodApi) => Promise<void>): Promise<void> {
    if (this.#silent) return;
    try {
      await tell(this.#options.api);
    } catch (error) {
      this.#warn(`the API did not take ${what} of a pod`, error);
    }
  }

  #warn(message: string, error: unknown): void {
    const { namespace, name } = this.ref;
    this.#options.logger.warn({ namespace, pod: name, error: String(error) }, message);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

/** What containers can read of their pod and what can change. */
function readableFields({ metadata }: KubeObject): string {
  return JSON.stringify([metadata.labels, metadata.annotations]);
}

function asCannotStart(error: unknown): CannotStart {
  if (error instanceof CannotStart) return error;
  // Not foreseen: a full disk, say. It may pass.
  return new CannotStart("CreateContainerError", error instanceof Error ? error.message : String(error), "backoff");
}
