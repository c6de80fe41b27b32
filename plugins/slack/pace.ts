// Slack takes about one message a second for a channel.
const GAP_MS = 1_000;
const DEFAULT_WAIT_MS = 30_000;

/**
 * Spreads messages over time once Slack has said that there are too many: each is told when its turn is, and takes it then. Otherwise all of
 * them would come again together, and most be refused again.
 *
 * Owns: who has a turn, and when the next one is. Does not own: the waiting, which is the agent's.
 * 1. Before Slack has refused a message, or once all turns are over, nobody waits.
 * 2. Who comes for a turn that was given does not get another one: by the agent's clock it is time.
 */
export class Pace {
  #nextTurnMs = 0;
  readonly #turns = new Set<string>();

  /** How long this message has to wait; 0 if it may go. */
  waitMs(key: string | undefined, nowMs: number): number {
    if (key !== undefined && this.#turns.delete(key)) return 0; // 2
    return nowMs < this.#nextTurnMs ? this.#turn(key, nowMs) : 0; // 1
  }

  /** Slack has refused this message for now. Answers how long it has to wait. */
  refusedMs(key: string | undefined, nowMs: number, retryAfterMs = DEFAULT_WAIT_MS): number {
    this.#nextTurnMs = Math.max(this.#nextTurnMs, nowMs + retryAfterMs);
    return this.#turn(key, nowMs);
  }

  /** The message is not wanted any more. */
  leave(key: string): void {
    this.#turns.delete(key);
  }

  #turn(key: string | undefined, nowMs: number): number {
    const turnMs = this.#nextTurnMs;
    this.#nextTurnMs += GAP_MS;
    if (key !== undefined) this.#turns.add(key);
    return turnMs - nowMs;
  }
}
