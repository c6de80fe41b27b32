/**
 * The steps that this plugin is at, by idempotency key. Where an agent sends no key, nobody can say which step is meant: such steps are
 * not kept.
 *
 * Owns: which calls of `execute` run, and which steps go on after them. Does not own: what they do.
 * 1. A step is under way from its first call until its end is known to the caller, or it was cancelled.
 * 2. To cancel a step aborts all its calls.
 */
export class StepsUnderWay {
  readonly #calls = new Map<string, Set<AbortController>>();
  readonly #open = new Set<string>();
  readonly #waiting = new Set<() => void>();

  /** Runs a call of `execute`, with a signal that `abort` aborts too. `goesOn` says of its outcome whether the step does. */
  async run<T>(step: Step, work: (signal: AbortSignal) => Promise<T>, goesOn: (outcome: T) => boolean): Promise<T> {
    const { key } = step;
    if (key === undefined) return work(step.signal);
    const own = new AbortController();
    const calls = this.#calls.get(key) ?? new Set();
    this.#calls.set(key, calls.add(own));
    this.#open.add(key);
    try {
      const outcome = await work(AbortSignal.any([step.signal, own.signal]));
      if (!goesOn(outcome) && !step.signal.aborted) this.settle(key); // 1
      return outcome;
    } finally {
      calls.delete(own);
      if (calls.size === 0) this.#calls.delete(key);
    }
  }

  abort(key: string | undefined, reason: string): void {
    if (key === undefined) return;
    for (const call of this.#calls.get(key) ?? []) call.abort(new Error(`the step was cancelled: ${reason}`)); // 2
  }

  /** Nothing more comes of this step. */
  settle(key: string | undefined): void {
    if (key === undefined || !this.#open.delete(key) || this.#open.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves when no step is under way. */
  settled(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return promise;
  }
}

export interface Step {
  readonly key: string | undefined;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}
