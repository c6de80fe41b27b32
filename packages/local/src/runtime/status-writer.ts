// Owns: what the API is told of one pod's status, in order. Does not own: what it says.
// Invariants:
//  T1 one write at a time; of those that come up meanwhile only the last is made;
//  T2 what equals the last one told is not written again.
import type { RuntimePodStatus } from "./pod-api.ts";

export class StatusWriter {
  readonly #write: (status: RuntimePodStatus) => Promise<void>;
  #last: RuntimePodStatus | undefined;
  #pending: RuntimePodStatus | undefined;
  #busy = false;
  #idle = Promise.resolve();
  #closed = false;

  /** `write` must not reject. */
  constructor(write: (status: RuntimePodStatus) => Promise<void>) {
    this.#write = write;
  }

  get last(): RuntimePodStatus | undefined {
    return this.#last;
  }

  tell(status: RuntimePodStatus): void {
    if (this.#closed || JSON.stringify(status) === JSON.stringify(this.#last)) return; // T2
    this.#last = status;
    this.#pending = status;
    if (!this.#busy) this.#idle = this.#work();
  }

  /** Resolves when all is written. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  close(): void {
    this.#closed = true;
    this.#pending = undefined;
  }

  async #work(): Promise<void> {
    this.#busy = true; // T1: also for what is told while the first write is being made
    for (let status = this.#take(); status !== undefined; status = this.#take()) await this.#write(status);
    this.#busy = false;
  }

  #take(): RuntimePodStatus | undefined {
    const status = this.#pending;
    this.#pending = undefined;
    return status;
  }
}
