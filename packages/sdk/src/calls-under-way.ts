/**
 * The calls of `execute` under way, by idempotency key, so that they can be ended. Where an agent sends no key, nobody can say which
 * call is meant: such calls are not kept.
 */
export class CallsUnderWay {
  readonly #byKey = new Map<string, Set<AbortController>>();

  /** Runs a call with a signal that `abort` aborts too. */
  async run<T>(key: string | undefined, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (key === undefined) return work(signal);
    const own = new AbortController();
    const calls = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, calls.add(own));
    try {
      return await work(AbortSignal.any([signal, own.signal]));
    } finally {
      calls.delete(own);
      if (calls.size === 0) this.#byKey.delete(key);
    }
  }

  abort(key: string | undefined, reason: string): void {
    if (key === undefined) return;
    for (const call of this.#byKey.get(key) ?? []) call.abort(new Error(`the step was cancelled: ${reason}`));
  }
}
