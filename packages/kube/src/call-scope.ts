import type { Clock, Timer } from "./clock.ts";

/**
 * Everything that may end one call early: its caller's signal, silence of the server, the closing of the client.
 *
 * 1. The first reason wins and is kept as `signal.reason`.
 * 2. After end() nothing fires any more and nothing is held.
 */
export class CallScope {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #outer: AbortSignal | undefined;
  readonly #onEnd: (scope: CallScope) => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, outer: AbortSignal | undefined, onEnd: (scope: CallScope) => void) {
    this.#clock = clock;
    this.#outer = outer;
    this.#onEnd = onEnd;
    outer?.addEventListener("abort", this.#onAbort, { once: true });
    if (outer?.aborted === true) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  fail(error: unknown): void {
    this.#controller.abort(error);
  }

  /** `work`, or sooner the reason why the call ends. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#controller;
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      work.then(resolve, reject);
    });
  }

  /** Fails with `error` unless calm() or the next expect() comes first. */
  expect(withinMs: number, error: () => Error): void {
    this.calm();
    if (withinMs !== Infinity) this.#timer = this.#clock.schedule(withinMs, () => this.fail(error()));
  }

  calm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  end(): void {
    this.calm();
    this.#outer?.removeEventListener("abort", this.#onAbort);
    this.#onEnd(this);
  }

  readonly #onAbort = (): void => this.fail(this.#outer?.reason);
}
