/**
 * How many calls may be under way at the same time; the rest wait. Fair between those who call: whose turn it is goes round, and
 * each is served in its own order.
 */
export class CallSlots {
  /** By who calls; in the order in which their turns come. */
  readonly #waiting = new Map<object, (() => void)[]>();
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Runs `work` when its turn has come; rejects with the signal's reason if that is aborted before. */
  async run<T>(caller: object, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#acquire(caller, signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  #acquire(caller: object, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      this.#leave(caller, take);
      reject(signal.reason as Error);
    };
    const take = (): void => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    const queue = this.#waiting.get(caller);
    if (queue === undefined) this.#waiting.set(caller, [take]);
    else queue.push(take);
    signal.addEventListener("abort", onAbort, { once: true });
    return promise;
  }

  #leave(caller: object, take: () => void): void {
    const queue = this.#waiting.get(caller) ?? [];
    queue.splice(queue.indexOf(take), 1);
    if (queue.length === 0) this.#waiting.delete(caller);
  }

  #release(): void {
    for (const [caller, queue] of this.#waiting) {
      const next = queue.shift();
      this.#waiting.delete(caller);
      if (queue.length > 0) this.#waiting.set(caller, queue); // at the end: the others' turn first
      return next?.();
    }
    this.#free += 1;
  }
}
