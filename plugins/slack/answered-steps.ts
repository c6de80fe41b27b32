import type { PluginResult } from "@outrigger/sdk";

const MOST = 10_000;

/**
 * What has been answered, by the idempotency key of the attempt: a call that comes again is answered again, not done again.
 *
 * Owns: the answers of this process, the latest of them. Does not own: what was answered by a process before this one; against that,
 * plugin.yaml has `outrigger.dev/at-most-once`.
 * 1. Of one key there is one piece of work at a time; whoever asks meanwhile gets its answer.
 * 2. Work that fails for now (it throws) leaves nothing behind: the next call does it.
 */
export class AnsweredSteps {
  readonly #answers = new Map<string, Promise<PluginResult>>();

  /** `key`: undefined where the agent has none, as Argo's; then nothing is remembered. */
  once(key: string | undefined, work: () => Promise<PluginResult>): Promise<PluginResult> {
    if (key === undefined) return work();
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = work();
    this.#keep(key, answer);
    answer.catch(() => this.#answers.delete(key)); // 2
    return answer;
  }

  /** Answers whether there is an answer, or will be. If not, this is the answer from now on. */
  settle(key: string, answer: PluginResult): boolean {
    if (this.#answers.has(key)) return true;
    this.#keep(key, Promise.resolve(answer));
    return false;
  }

  #keep(key: string, answer: Promise<PluginResult>): void {
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
  }
}
