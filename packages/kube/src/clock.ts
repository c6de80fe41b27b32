/** Time as an input: what reads the clock or waits takes one of these, so that a test can hold the hands. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, `delayMs` from now. */
  schedule(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

// setTimeout takes a signed 32-bit number of milliseconds; a longer one would fire at once.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

// What NTP corrects in passing is taken over at once; more than this is a step.
const STEP_MS = 1_000;

/**
 * The time of day, which never goes back and never leaps: someone who sets the clock of a machine must not make what waits for ten
 * seconds wait for an hour, nor end what was given an hour. After a step, time runs half as fast, or half as fast again, until it has
 * caught up with the machine's.
 */
export function steadyTime(
  wall: () => number = () => Date.now(),
  monotonic: () => number = () => performance.now(),
): () => number {
  let lastMs = wall();
  let readAtMs = monotonic();
  return () => {
    const passedMs = monotonic() - readAtMs;
    const behindMs = wall() - (lastMs + passedMs);
    const caughtUpMs = Math.abs(behindMs) <= STEP_MS ? behindMs : Math.sign(behindMs) * (passedMs / 2);
    lastMs = Math.max(lastMs, lastMs + passedMs + caughtUpMs);
    readAtMs += passedMs;
    return Math.floor(lastMs);
  };
}

export const systemClock: Clock = {
  now: steadyTime(),
  schedule(delayMs, run) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      handle = setTimeout(
        () => (leftMs > MAX_TIMEOUT_MS ? arm(leftMs - MAX_TIMEOUT_MS) : run()),
        Math.min(Math.max(leftMs, 0), MAX_TIMEOUT_MS),
      );
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const timer = clock.schedule(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Pending {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to move; timers fire in order of their time while it moves. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const entry: Pending = { dueMs: this.#nowMs + Math.max(delayMs, 0), run };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  /** How long until the next timer fires; undefined if none is set. */
  get nextDelayMs(): number | undefined {
    const due = this.#earliest()?.dueMs;
    return due === undefined ? undefined : due - this.#nowMs;
  }

  /** Moves time on, firing the timers on the way; before the first and after each of them, promises settle. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settled();
    for (let next = this.#earliest(); next !== undefined && next.dueMs <= endMs; next = this.#earliest()) {
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.run();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #earliest(): Pending | undefined {
    let earliest: Pending | undefined;
    for (const entry of this.#pending) if (earliest === undefined || entry.dueMs < earliest.dueMs) earliest = entry;
    return earliest;
  }
}

/** The system's clock, put ahead whenever it is told to: what is due by then fires. */
export class LeapingClock implements Clock {
  #aheadMs = 0;
  readonly #pending = new Map<Pending, Timer>();

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const entry: Pending = { dueMs: this.now() + delayMs, run };
    this.#arm(entry);
    return {
      cancel: () => {
        this.#pending.get(entry)?.cancel();
        this.#pending.delete(entry);
      },
    };
  }

  leap(durationMs: number): void {
    this.#aheadMs += durationMs;
    for (const [entry, timer] of this.#pending) {
      timer.cancel();
      this.#arm(entry);
    }
  }

  #arm(entry: Pending): void {
    const fire = (): void => {
      this.#pending.delete(entry);
      entry.run();
    };
    this.#pending.set(entry, systemClock.schedule(entry.dueMs - this.now(), fire));
  }
}
