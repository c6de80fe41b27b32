import { backoffDelayMs } from "@outrigger/types";
import type { BackoffPolicy } from "@outrigger/types";
import { systemClock } from "./clock.ts";
import type { Clock, Timer } from "./clock.ts";
import { KubeError } from "./errors.ts";

export interface WorkQueueOptions {
  /** Works on one key. When it throws, the key comes again after a delay that grows with each failure in a row. */
  readonly handle: (key: string) => Promise<void>;
  /** Keys that are worked on at the same time. */
  readonly workers: number;
  readonly clock?: Clock;
  readonly backoff?: BackoffPolicy;
  /** Told of every failure; `failures` counts those in a row. */
  readonly onError?: (key: string, error: unknown, failures: number) => void;
  /** Told of every key that has been worked on. */
  readonly onHandled?: (handled: Handled) => void;
}

export interface Handled {
  readonly key: string;
  readonly ok: boolean;
  /** From when the key was due until a worker took it. */
  readonly waitMs: number;
  readonly durationMs: number;
}

export interface QueueStats {
  /** Keys that are due and wait for a worker. */
  readonly depth: number;
  readonly running: number;
  /** Keys that will be due later. */
  readonly delayed: number;
  readonly longestWaitMs: number;
  readonly longestRunningMs: number;
}

interface Delayed {
  readonly dueMs: number;
  readonly timer: Timer;
}

const DEFAULT_BACKOFF: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 60_000, jitter: 0.2 };

/**
 * Keys to work on, each by one worker at a time.
 *
 * Owns: which key is worked on when. Does not own: what the work is; a key says what to look at, not what happened to it.
 * 1. A key is never worked on twice at once.
 * 2. A key that is added is worked on at least once after that, however often it was added: added while it is worked on, it comes
 *    again afterwards.
 * 3. Keys are taken in the order in which they became ready.
 * 4. Of several delays of one key the earliest counts, and add() leaves it standing: a time to wake up is never lost.
 * 5. After stop() has been called no work begins; when it has resolved none is going on.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #clock: Clock;
  readonly #backoff: BackoffPolicy;
  /** Keys that are due, with the time since when; in order. */
  readonly #due = new Map<string, number>();
  readonly #running = new Map<string, number>();
  /** Keys that became due while they are worked on. */
  readonly #again = new Map<string, number>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #drained = Promise.withResolvers<void>();
  #state: "new" | "started" | "stopped" = "new";
  #dispatching = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
  }

  /** Keys may be added before; nothing is worked on until then. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "started";
    this.#dispatch();
  }

  /** Resolves when the work under way is done. Keys that wait are dropped: whoever comes next finds them anew. */
  stop(): Promise<void> {
    this.#state = "stopped";
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#due.clear();
    this.#again.clear();
    if (this.#running.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  add(key: string): void {
    if (this.#state === "stopped") return;
    const waiting = this.#running.has(key) ? this.#again : this.#due;
    if (!waiting.has(key)) waiting.set(key, this.#clock.now());
    this.#dispatch();
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#state === "stopped") return;
    const dueMs = this.#clock.now() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) return;
    earlier?.timer.cancel();
    const timer = this.#clock.schedule(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, timer });
  }

  stats(): QueueStats {
    const now = this.#clock.now();
    const longest = (since: ReadonlyMap<string, number>): number => now - oldest(since, now);
    return {
      depth: this.#due.size + this.#again.size,
      running: this.#running.size,
      delayed: this.#delayed.size,
      longestWaitMs: Math.max(longest(this.#due), longest(this.#again)),
      longestRunningMs: longest(this.#running),
    };
  }

  // Later in this turn: add() may be called amid a change that its caller has not finished telling.
  #dispatch(): void {
    if (this.#dispatching || this.#state !== "started") return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#begin();
    });
  }

  #begin(): void {
    for (const [key, dueSinceMs] of this.#due) {
      if (this.#state !== "started" || this.#running.size >= this.#options.workers) return;
      this.#due.delete(key);
      this.#running.set(key, this.#clock.now());
      void this.#work(key, this.#clock.now() - dueSinceMs);
    }
  }

  async #work(key: string, waitMs: number): Promise<void> {
    const startedAtMs = this.#clock.now();
    const failure = await this.#attempt(key);
    this.#running.delete(key);
    const dueSinceMs = this.#again.get(key);
    this.#again.delete(key);
    if (dueSinceMs !== undefined) this.#due.set(key, dueSinceMs); // 2
    this.#settle(key, failure);
    const durationMs = this.#clock.now() - startedAtMs;
    this.#quietly(() => this.#options.onHandled?.({ key, ok: failure === undefined, waitMs, durationMs }));
    if (this.#state === "stopped" && this.#running.size === 0) this.#drained.resolve();
    this.#dispatch();
  }

  async #attempt(key: string): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#options.handle(key);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  #settle(key: string, failure: { readonly error: unknown } | undefined): void {
    if (failure === undefined) {
      this.#failures.delete(key);
      return;
    }
    const { error } = failure;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const retryAfterMs = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    if (!this.#due.has(key)) this.addAfter(key, Math.max(backoffDelayMs(this.#backoff, failures), retryAfterMs));
    this.#quietly(() => this.#options.onError?.(key, error, failures));
  }

  #quietly(callback: () => void): void {
    try {
      callback();
    } catch {
      // A callback that throws must not lose a key.
    }
  }
}

function oldest(since: ReadonlyMap<string, number>, now: number): number {
  let earliest = now;
  for (const time of since.values()) earliest = Math.min(earliest, time);
  return earliest;
}
