import { createHash } from "node:crypto";

/**
 * Chance that depends on a seed and on what is asked, not on when: runs of one seed meet the same faults, however the processes
 * interleave.
 */
export class Dice {
  readonly #seed: number;
  readonly #asked = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** From 0 up to, not including, 1. Asking for the same subject again gives its next number. */
  roll(subject: string): number {
    const count = (this.#asked.get(subject) ?? 0) + 1;
    this.#asked.set(subject, count);
    const digest = createHash("sha256").update(`${this.#seed}/${subject}/${count}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  below(limit: number, subject: string): number {
    return Math.floor(this.roll(subject) * limit);
  }

  chance(probability: number, subject: string): boolean {
    return this.roll(subject) < probability;
  }

  /** One of several, each as likely as its weight says. */
  choose<T>(weighted: readonly (readonly [weight: number, value: T])[], otherwise: T, subject: string): T {
    let rest = this.roll(subject);
    for (const [weight, value] of weighted) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return otherwise;
  }
}
