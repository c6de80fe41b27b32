import type { StoredObject } from "./stored-object.ts";

/** One write. `object` is what it made, for DELETED the last state under the version of the deletion. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
}

export interface HistoryLimits {
  readonly changes: number;
  readonly bytes: number;
}

/**
 * The last writes to one collection, oldest first.
 *
 * Owns: which past versions can still be watched from or listed.
 * Does not own: the current objects, and who reads.
 *
 * H1. Versions only grow; no two changes share one.
 * H2. All changes after `forgottenThrough` are here; of those before, none.
 * H3. It stays within its limits, except that the newest change is always kept.
 */
export class History {
  readonly #limits: HistoryLimits;
  #changes: Change[] = [];
  #sizes: number[] = [];
  #start = 0;
  #bytes = 0;
  #forgottenThrough: number;

  constructor(limits: HistoryLimits, startVersion: number) {
    this.#limits = limits;
    this.#forgottenThrough = startVersion;
  }

  append(change: Change): void {
    const size = change.object.bytes.length;
    this.#changes.push(change);
    this.#sizes.push(size);
    this.#bytes += size;
    while (this.#isOverLimits()) this.#forgetOldest();
    this.#compact();
  }

  /** Whether every change after that version is still known. */
  reachesBackTo(version: number): boolean {
    return version >= this.#forgottenThrough;
  }

  /** The first change after that version. */
  next(version: number): Change | undefined {
    return this.#changes[this.#indexAfter(version)];
  }

  /** The changes after that version, newest first: for undoing them. */
  *undo(version: number): Iterable<Change> {
    for (let index = this.#changes.length - 1; index >= this.#start; index--) {
      const change = this.#changes[index];
      if (change === undefined || change.version <= version) return;
      yield change;
    }
  }

  #isOverLimits(): boolean {
    const count = this.#changes.length - this.#start;
    return count > 1 && (count > this.#limits.changes || this.#bytes > this.#limits.bytes);
  }

  #forgetOldest(): void {
    this.#forgottenThrough = this.#changes[this.#start]?.version ?? this.#forgottenThrough;
    this.#bytes -= this.#sizes[this.#start] ?? 0;
    this.#start += 1;
  }

  // Cutting the front off an array costs its length; so it is done once in a while.
  #compact(): void {
    if (this.#start < 1024 || this.#start * 2 < this.#changes.length) return;
    this.#changes = this.#changes.slice(this.#start);
    this.#sizes = this.#sizes.slice(this.#start);
    this.#start = 0;
  }

  #indexAfter(version: number): number {
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.version ?? 0) > version) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
