import type { Draft, SaveWorkflow } from "@outrigger/engine";
import type { Clock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";

// What saving may take of the time: one tenth.
const PAUSE_PER_SAVE = 10;
const LONGEST_INTERVAL_MS = 2_000;

/**
 * Bounds how often a Workflow is saved while its task set, the log, can restore what is lost (docs/adr/0002).
 *
 * Owns: when each Workflow may next be saved by this process, and what was to be saved until then. Does not own: what is saved.
 * 1. A save that is urgent is never put off.
 * 2. Any other waits for the interval, or longer where saving is dear: saving takes a bounded share of the time, however large the
 *    Workflow is. No save waits for more than the longest interval.
 * 3. A draft is of one state of a Workflow: whoever writes the Workflow makes it void.
 */
export class Checkpoints {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #dueAtMs = new Map<string, number>();
  readonly #drafts = new WeakMap<KubeObject, Draft>();

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** When this save is due; undefined if it is now. */
  putOffUntil(workflow: KubeObject, save: SaveWorkflow): number | undefined {
    const dueMs = this.#dueAtMs.get(workflow.metadata.uid ?? "");
    if (save.urgency === "now" || dueMs === undefined) return undefined; // 1
    if (dueMs <= this.#clock.now()) return undefined;
    if (save.draft !== undefined) this.#drafts.set(workflow, save.draft); // 3
    return dueMs;
  }

  /** What the last pass over this state of the Workflow has come to, if its save was put off. */
  draftOf(workflow: KubeObject): Draft | undefined {
    return this.#drafts.get(workflow);
  }

  /** A save that began at this time has just ended. */
  saved(workflow: KubeObject, beganMs: number): void {
    const nowMs = this.#clock.now();
    const pauseMs = Math.min(PAUSE_PER_SAVE * (nowMs - beganMs), LONGEST_INTERVAL_MS);
    this.#dueAtMs.set(workflow.metadata.uid ?? "", nowMs + Math.max(this.#intervalMs, pauseMs)); // 2
  }

  forget(uid: string): void {
    this.#dueAtMs.delete(uid);
  }
}
