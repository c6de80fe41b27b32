import type { SaveWorkflow } from "@outrigger/engine";
import type { Clock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";

/**
 * Bounds how often a Workflow is saved while its task set, the log, can restore what is lost (docs/adr/0002).
 *
 * Owns: the time of each Workflow's last save by this process. Does not own: what is saved.
 * 1. A save that is urgent is never put off, and no save by more than the interval.
 */
export class Checkpoints {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #savedAtMs = new Map<string, number>();

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** When this save is due; undefined if it is now. */
  putOffUntil(workflow: KubeObject, save: SaveWorkflow): number | undefined {
    const lastMs = this.#savedAtMs.get(workflow.metadata.uid ?? "");
    if (save.urgency === "now" || lastMs === undefined) return undefined;
    const dueMs = lastMs + this.#intervalMs;
    return dueMs > this.#clock.now() ? dueMs : undefined;
  }

  saved(workflow: KubeObject): void {
    this.#savedAtMs.set(workflow.metadata.uid ?? "", this.#clock.now());
  }

  forget(uid: string): void {
    this.#savedAtMs.delete(uid);
  }
}
