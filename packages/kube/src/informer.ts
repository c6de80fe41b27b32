import { backoffDelayMs } from "@outrigger/types";
import type { BackoffPolicy, KubeObject } from "@outrigger/types";
import type { KubeClient, ObjectRef } from "./client.ts";
import { sleep, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { KubeError, hasReason } from "./errors.ts";
import type { KubeErrorReason } from "./errors.ts";
import { listAll } from "./list-all.ts";
import { ObjectCache } from "./object-cache.ts";
import type { ObjectChange } from "./object-cache.ts";
import type { IndexKeys } from "./object-index.ts";
import type { Resource } from "./resources.ts";
import { selectorMatcher } from "./selectors.ts";

export interface InformerOptions<Index extends string = never> {
  readonly client: KubeClient;
  readonly resource: Resource;
  /** All namespaces if left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ways to look objects up, by name: `{ byWorkflow: (pod) => [...] }`. */
  readonly indexes?: Readonly<Record<Index, IndexKeys>>;
  /** What is kept of each object. Default: all but `metadata.managedFields`, which is large and which nobody reads. */
  readonly transform?: (object: KubeObject) => KubeObject;
  /** Told of every error; the informer goes on by itself. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly backoff?: BackoffPolicy;
  readonly pageSize?: number;
  /** The server is asked to end each watch after this long, up to twice; it is then resumed. Default: 5 min. */
  readonly watchTimeoutMs?: number;
}

export interface InformerState {
  readonly synced: boolean;
  /** In a row; 0 while all is well. */
  readonly failures: number;
  readonly lastError?: unknown;
  readonly lastErrorAtMs?: number;
  /** When the server last sent anything: a list, an event, a bookmark. */
  readonly lastEventAtMs?: number;
  /** Lists after the first. */
  readonly relists: number;
  readonly resourceVersion?: string;
}

export type ChangeListener = (change: ObjectChange) => void;

const DEFAULT_BACKOFF: BackoffPolicy = { initialMs: 200, factor: 2, maxMs: 30_000, jitter: 0.5 };
const DEFAULT_WATCH_TIMEOUT_MS = 300_000;
// A watch that has lasted this long works, however quiet it is: a server that does not answer is given up sooner.
const SETTLED_AFTER_MS = 35_000;
const HOLLOW_BELOW_MS = 1_000;

// After these the watch goes on from where it was: the trouble lies on the way, not in the version. After all others, list anew.
const RESUMABLE: ReadonlySet<KubeErrorReason> = new Set([
  "Unreachable",
  "DeadlineExceeded",
  "TooManyRequests",
  "ServiceUnavailable",
  "InternalError",
  "Unauthorized",
  "Forbidden",
]);

/**
 * A live copy of a collection of objects: list, then watch, for ever.
 *
 * Owns: the loop and the cache. Does not own: the client, what others do with the objects, which are shared and must not be changed.
 * 1. Nothing but stop() ends the loop: every error is reported, and followed by another try after a growing delay.
 * 2. The cache is empty or a state that the server once had, plus our own writes that it has confirmed; see ObjectCache.
 * 3. Every difference that readers can see is told to the listeners, in the order in which it came to be, deletions during an
 *    outage included. A listener that throws harms nobody else.
 * 4. Once synced, always synced: an outage leaves the last known state readable.
 * 5. After stop() has resolved nothing runs, nothing is open, no listener is called.
 */
export class Informer<Index extends string = never> {
  readonly #options: InformerOptions<Index>;
  readonly #clock: Clock;
  readonly #backoff: BackoffPolicy;
  readonly #cache: ObjectCache;
  readonly #transform: (object: KubeObject) => KubeObject;
  readonly #listeners = new Set<ChangeListener>();
  readonly #stopping = new AbortController();
  readonly #firstSync = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #mustList = true;
  #state: InformerState = { synced: false, failures: 0, relists: 0 };

  constructor(options: InformerOptions<Index>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
    this.#transform = options.transform ?? withoutManagedFields;
    this.#cache = new ObjectCache(options.indexes, selectorMatcher(options));
    this.#firstSync.promise.catch(() => {}); // whoever waits is told; nobody needs to
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#firstSync.reject(
      new Error(`the informer of ${this.#options.resource.plural} was stopped before it had synced`),
    );
    await this.#running;
  }

  /** The first list is in the cache. */
  get hasSynced(): boolean {
    return this.#state.synced;
  }

  /** Rejects if the informer is stopped before. */
  whenSynced(): Promise<void> {
    return this.#firstSync.promise;
  }

  get state(): InformerState {
    const { reached } = this.#cache;
    return reached === undefined ? this.#state : { ...this.#state, resourceVersion: reached };
  }

  /** What the API refuses, for want of a permission. Until it is granted, nothing new is seen. */
  get refusal(): KubeError | undefined {
    const { failures, lastError } = this.#state;
    return failures > 0 && hasReason(lastError, "Forbidden") ? lastError : undefined;
  }

  get size(): number {
    return this.#cache.size;
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.#cache.get(ref);
  }

  list(): readonly KubeObject[] {
    return this.#cache.list();
  }

  byIndex(index: Index, key: string): readonly KubeObject[] {
    return this.#cache.byIndex(index, key);
  }

  /** Calls `listener` on every change from now on; the answer ends that. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes an object that the server has just answered to our own write, so that the next reader sees what we did. */
  noteWritten(object: KubeObject): void {
    if (!this.#stopping.signal.aborted) this.#tell(this.#cache.note(this.#transform(object)));
  }

  /** Reads all that the server has now, without waiting for the watch to tell it. */
  refresh(): Promise<void> {
    return this.#list(this.#stopping.signal);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (this.#mustList) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, pageSize } = this.#options;
    const limit = pageSize === undefined ? {} : { limit: pageSize };
    const list = await listAll(client, resource, { ...this.#selection(), ...limit, signal });
    const relists = this.#state.relists + (this.#state.synced ? 1 : 0);
    const changes = this.#cache.replace({ ...list, items: list.items.map((item) => this.#transform(item)) });
    this.#mustList = false;
    this.#state = { ...this.#state, synced: true, relists, lastEventAtMs: this.#clock.now() };
    this.#tell(changes);
    this.#firstSync.resolve();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, resource, watchTimeoutMs = DEFAULT_WATCH_TIMEOUT_MS } = this.#options;
    const { random = Math.random } = this.#backoff;
    const timeoutMs = watchTimeoutMs * (1 + random()); // many informers must not come back at once
    const resourceVersion = this.#cache.reached ?? "";
    const settled = this.#clock.schedule(SETTLED_AFTER_MS, () => this.#settle());
    const startedAtMs = this.#clock.now();
    try {
      for await (const event of client.watch(resource, { ...this.#selection(), resourceVersion, timeoutMs, signal })) {
        this.#settle();
        this.#state = { ...this.#state, lastEventAtMs: this.#clock.now() };
        if (event.type === "BOOKMARK") this.#cache.bookmark(event.resourceVersion);
        else this.#tell(this.#cache.apply({ ...event, object: this.#transform(event.object) }));
      }
    } finally {
      settled.cancel();
    }
    const hollow = resourceVersion === this.#cache.reached && this.#clock.now() - startedAtMs < HOLLOW_BELOW_MS;
    if (hollow && !signal.aborted) throw new HollowWatch(resource);
  }

  #selection(): Pick<InformerOptions, "namespace" | "labelSelector" | "fieldSelector"> {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  #settle(): void {
    if (this.#state.failures > 0) this.#state = { ...this.#state, failures: 0 };
  }

  async #recover(cause: unknown, signal: AbortSignal): Promise<void> {
    const failures = this.#state.failures + 1;
    this.#state = { ...this.#state, failures, lastError: cause, lastErrorAtMs: this.#clock.now() };
    this.#report(cause);
    const known = cause instanceof KubeError ? cause : undefined;
    const resumable = cause instanceof HollowWatch || (known !== undefined && RESUMABLE.has(known.reason));
    if (!resumable) this.#mustList = true;
    const delayMs = Math.max(backoffDelayMs(this.#backoff, failures), known?.retryAfterMs ?? 0);
    await sleep(this.#clock, delayMs, signal).catch(() => {}); // stopped meanwhile: the loop sees it
  }

  #report(error: unknown): void {
    try {
      this.#options.onError?.(error);
    } catch {
      // 1: whatever the callback does, the loop goes on.
    }
  }

  #tell(changes: readonly ObjectChange[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (error) {
          this.#report(error); // 3
        }
      }
    }
  }
}

/** The server ends watches at once and without a reason. Harmless once; again and again, it must not become a busy loop. */
class HollowWatch extends Error {
  override readonly name = "HollowWatch";

  constructor(resource: Resource) {
    super(`the watch of ${resource.plural} ended at once`);
  }
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  return managedFields === undefined ? object : { ...object, metadata };
}
