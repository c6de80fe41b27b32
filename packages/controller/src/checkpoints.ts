import type { Draft, SaveWorkflow } from "@outrigger/engine";
import type { Clock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";

// What saving may take of the time: one twentieth.
const PAUSE_PER_SAVE = 20;
const LONGEST_INTERVAL_MS = 5_000;

/** What becomes of a save. */
export type SavePlan =
  /** It is due, and whoever looks at the Workflow next must find it done. */
  | "now"
  /** It is due, and the Workflow may go on meanwhile. */
  | "aside"
  /** Its time has not come; or one is under way, which it has to wait for. */
  | "later";

/** One save of a Workflow, and all that comes after it. */
interface Aside {
  readonly ended: Promise<void>;
  /** A pass would save, or take something out of the log, as soon as this has ended. */
  isWaitedFor: boolean;
}

/**
 * Bounds how often a Workflow is saved while its task set, the log, can restore what is lost (docs/adr/0002).
 *
 * Owns: when each Workflow may next be saved by this process, saves under way, and what was to be saved until then. Does not own: what
 * is saved.
 * 1. A save that is urgent is never put off, but it waits for the one under way, and is then decided anew.
 * 2. Any other waits for the interval, or longer where saving is dear: saving takes a bounded share of the time, however large the
 *    Workflow is. No save waits for more than the longest interval.
 * 3. A draft is of one state of a Workflow: whoever writes the Workflow makes it void.
 * 4. Of one Workflow there is one save at a time; what is done after it belongs to it. While it is under way the Workflow moves on.
 * 5. A save that has failed is told of once, to the next pass, and the next one is waited for: whoever tries again and again does so
 *    after growing delays.
 */
export class Checkpoints {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #wake: (workflow: KubeObject, atMs: number) => void;
  readonly #dueAtMs = new Map<string, number>();
  readonly #drafts = new WeakMap<KubeObject, Draft>();
  readonly #asides = new Map<string, Aside>();
  readonly #failures = new Map<string, { readonly error: unknown }>();

  /** `wake`: the Workflow is to be looked at, at that time. */
  constructor(clock: Clock, intervalMs: number, wake: (workflow: KubeObject, atMs: number) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#wake = wake;
  }

  plan(workflow: KubeObject, save: SaveWorkflow): SavePlan {
    const uid = uidOf(workflow);
    if (save.urgency === "now" || !this.#dueAtMs.has(uid)) return "now"; // 1
    if (save.draft !== undefined) this.#drafts.set(workflow, save.draft); // 3
    return this.#asides.has(uid) || this.#dueMs(uid) > this.#clock.now() ? "later" : "aside"; // 2, 4
  }

  /** When a save that was put off is to be looked at again; undefined while one is under way, whose end wakes the Workflow. */
  dueMs(workflow: KubeObject): number | undefined {
    const uid = uidOf(workflow);
    return this.isUnderWay(workflow) ? undefined : this.#dueMs(uid);
  }

  /** What the last pass over this state of the Workflow has come to, if its save was put off. */
  draftOf(workflow: KubeObject): Draft | undefined {
    return this.#drafts.get(workflow);
  }

  /** A save that began at this time has just ended. */
  saved(workflow: KubeObject, beganMs: number): void {
    const nowMs = this.#clock.now();
    const pauseMs = Math.min(PAUSE_PER_SAVE * (nowMs - beganMs), LONGEST_INTERVAL_MS);
    this.#dueAtMs.set(uidOf(workflow), nowMs + Math.max(this.#intervalMs, pauseMs)); // 2
  }

  /** Saves, and does what comes after, while the Workflow goes on. */
  begin(workflow: KubeObject, saveAndSettle: () => Promise<void>): void {
    const uid = uidOf(workflow);
    const ended = saveAndSettle().then(
      () => this.#ended(workflow, undefined),
      (error: unknown) => this.#ended(workflow, { error }),
    );
    this.#asides.set(uid, { ended, isWaitedFor: false });
  }

  /** Whether a save is under way. Its end then wakes the Workflow. */
  isUnderWay(workflow: KubeObject): boolean {
    const aside = this.#asides.get(uidOf(workflow));
    if (aside !== undefined) aside.isWaitedFor = true;
    return aside !== undefined;
  }

  /** Resolves when the save under way, if any, has ended. Answers whether there was one. */
  async settled(workflow: KubeObject): Promise<boolean> {
    const aside = this.#asides.get(uidOf(workflow));
    await aside?.ended;
    return aside !== undefined;
  }

  /** Throws what the last save of this Workflow has failed with. */
  throwFailure(workflow: KubeObject): void {
    const uid = uidOf(workflow);
    const failure = this.#failures.get(uid);
    if (failure === undefined) return;
    this.#failures.delete(uid); // 5
    throw failure.error;
  }

  forget(uid: string): void {
    this.#dueAtMs.delete(uid);
    this.#failures.delete(uid);
  }

  /** Resolves when no save is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#asides.values()].map(({ ended }) => ended));
  }

  #ended(workflow: KubeObject, failure: { readonly error: unknown } | undefined): void {
    const uid = uidOf(workflow);
    const aside = this.#asides.get(uid);
    this.#asides.delete(uid);
    if (failure === undefined) {
      if (aside?.isWaitedFor === true) this.#wake(workflow, this.#dueMs(uid));
      return;
    }
    this.#failures.set(uid, failure);
    this.#dueAtMs.delete(uid); // 5
    this.#wake(workflow, this.#clock.now());
  }

  #dueMs(uid: string): number {
    return this.#dueAtMs.get(uid) ?? this.#clock.now();
  }
}

function uidOf({ metadata }: KubeObject): string {
  return metadata.uid ?? "";
}
