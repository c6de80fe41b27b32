import { KubeError, WORKFLOW_TASK_SETS, hasReason, sleep } from "@outrigger/kube";
import type { Clock, KubeClient, ObjectRef } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import type { Logger, Operation } from "@outrigger/telemetry";
import type { BackoffPolicy, KubeObject, NodeId } from "@outrigger/types";
import { backoffDelayMs } from "@outrigger/types";
import { failure } from "./report.ts";
import type { NodeReport } from "./report.ts";
import { halves, pendingResult, statusPatch, takeBatch } from "./result-patch.ts";
import type { Batch, PendingResult } from "./result-patch.ts";

export interface ResultWriterOptions {
  readonly client: Pick<KubeClient, "patch">;
  readonly taskSet: ObjectRef;
  readonly maxWriteBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly writes: Operation<never>;
  /** Told of the task set as it is after each write. */
  readonly onWritten: (taskSet: KubeObject) => void;
  /** Results that are to leave the task set with the next write. */
  readonly leftovers: () => readonly string[];
  /** Whether the task set holds results that will leave it, once the controller has saved them. */
  readonly mayGetRoom: () => boolean;
  /** The API does not take a node's result, but it has taken this one in its place. */
  readonly onReplaced: (id: NodeId, result: NodeReport) => void;
}

const BACKOFF: Omit<BackoffPolicy, "random"> = { initialMs: 100, factor: 2, maxMs: 10_000, jitter: 0.2 };
// Where results come in numbers, a moment later there are more, and a write gets dearer with the task set. A result that comes
// alone does not wait.
const MIN_GATHER_MS = 10;
const MAX_GATHER_MS = 100;
// As many internal errors in a row are taken for an answer: that is what etcd's "request is too large" looks like from here.
const INTERNAL_ERRORS_THAT_COUNT = 5;
// A result of this size is not what is too large.
const HARMLESS_BYTES = 100_000;

/**
 * Brings results into the task set, as soon as they are there.
 *
 * Owns: results that are not written yet. Does not own: what they mean, and what becomes of them in the task set.
 * 1. One write at a time. What comes in meanwhile gathers and goes with the next one; of a node only the latest.
 * 2. A result that is not written stays: errors that may pass are waited out, for however long they last.
 * 3. A write that the API refuses is cut in halves until the result is found that it refuses. A failure takes the place of that one,
 *    but only once the API has taken the failure: as long as it takes nothing, it is the API that is at fault.
 * 4. A result that is too large only because of those that are there already waits until they are gone.
 */
export class ResultWriter {
  readonly #options: ResultWriterOptions;
  readonly #stopping = new AbortController();
  #pending = new Map<string, PendingResult>();
  /** Of the results under way, those that are still wanted. */
  #wanted = new Set<string>();
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(options: ResultWriterOptions) {
    this.#options = options;
  }

  report(id: NodeId, report: NodeReport): void {
    this.#pending.set(id, pendingResult(report)); // 1
    this.#run();
  }

  /** Resolves when it is written; never, if another report of the node comes in between. */
  save(id: NodeId, report: NodeReport): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.set(id, pendingResult(report, resolve));
    this.#run();
    return promise;
  }

  /** The node's task is gone: nobody waits for its result. */
  forget(id: NodeId): void {
    this.#pending.delete(id);
    this.#wanted.delete(id);
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Gives up what is not written. */
  stop(): void {
    this.#stopping.abort(new Error("the writer was stopped"));
    this.#pending.clear();
  }

  #run(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#pending.size > 0) this.#run();
    });
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // results that come in the same turn go together
    while (this.#pending.size > 0) {
      const batch = takeBatch(this.#pending, this.#options.maxWriteBytes);
      this.#wanted = new Set(batch.keys());
      for (const id of this.#wanted) this.#pending.delete(id);
      const startMs = this.#options.clock.now();
      await this.#write(batch);
      if (batch.size > 1) await this.#wait(gatherMs(this.#options.clock.now() - startMs));
    }
  }

  async #write(batch: Batch): Promise<void> {
    const error = await this.#patch(batch);
    if (error === undefined) return;
    if (!this.#isRefusal(error, batch)) return this.#later(batch, error); // 2
    if (batch.size === 1) return this.#replace(batch, error);
    for (const half of halves(batch)) await this.#write(half); // 3
  }

  async #patch(batch: Batch): Promise<unknown> {
    const { client, taskSet, writes, onWritten, leftovers } = this.#options;
    const patch = { type: "merge", body: statusPatch(batch, leftovers()) } as const;
    try {
      const written = await writes.run({ labels: {} }, () =>
        client.patch(WORKFLOW_TASK_SETS, taskSet, patch, { subresource: "status" }),
      );
      this.#failures = 0;
      onWritten(written);
      for (const result of batch.values()) result.onWritten?.();
      return undefined;
    } catch (error) {
      this.#failures += 1;
      return error;
    }
  }

  #isRefusal(error: unknown, batch: Batch): boolean {
    if (hasReason(error, "BadRequest", "Invalid", "Unknown")) return true;
    if (batch.size === 1 && this.#options.mayGetRoom()) return false; // 4
    if (hasReason(error, "RequestEntityTooLarge")) return true;
    if (!hasReason(error, "InternalError") || this.#failures < INTERNAL_ERRORS_THAT_COUNT) return false;
    return batch.size > 1 || sizeOf(batch) > HARMLESS_BYTES;
  }

  async #replace(batch: Batch, error: unknown): Promise<void> {
    for (const [id] of batch) {
      const result = failure(`the result, ${sizeOf(batch)} bytes, cannot be stored: ${errorText(error)}`);
      if ((await this.#patch(new Map([[id, pendingResult(result)]]))) !== undefined) return this.#later(batch, error); // 3
      this.#options.logger.error(
        { nodeId: id, sizeBytes: sizeOf(batch), error: errorText(error) },
        "Result was refused",
      );
      this.#options.onReplaced(id as NodeId, result);
    }
  }

  async #later(batch: Batch, error: unknown): Promise<void> {
    const { random, logger } = this.#options;
    const retryAfterMs = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(backoffDelayMs({ ...BACKOFF, random }, this.#failures), retryAfterMs);
    const unwritten = [...batch].filter(([id]) => this.#wanted.has(id));
    this.#pending = new Map([...unwritten, ...this.#pending]); // newer ones of the same nodes win
    logger.warn(
      { results: batch.size, failures: this.#failures, retryMs: delayMs, error: errorText(error) },
      "Results cannot be written yet",
    );
    await this.#wait(delayMs);
  }

  async #wait(delayMs: number): Promise<void> {
    await sleep(this.#options.clock, delayMs, this.#stopping.signal).catch(() => this.#pending.clear());
  }
}

function gatherMs(writeMs: number): number {
  return Math.min(Math.max(2 * writeMs, MIN_GATHER_MS), MAX_GATHER_MS);
}

function sizeOf(batch: Batch): number {
  return [...batch.values()].reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
