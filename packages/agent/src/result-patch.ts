import { UNTRACKED } from "@outrigger/kube";
import type { Outputs } from "@outrigger/types";
import type { NodeReport } from "./report.ts";

/** A result on its way into the task set. */
export interface PendingResult {
  readonly report: NodeReport;
  readonly sizeBytes: number;
  /** Called once it is written. */
  readonly onWritten?: () => void;
}

export function pendingResult(report: NodeReport, onWritten?: () => void): PendingResult {
  const sizeBytes = Buffer.byteLength(JSON.stringify(report));
  return { report, sizeBytes, ...(onWritten === undefined ? {} : { onWritten }) };
}

export type Batch = ReadonlyMap<string, PendingResult>;

/** As many results, in their order, as fit into one write; at least one. */
export function takeBatch(pending: Batch, maxBytes: number): Batch {
  const batch = new Map<string, PendingResult>();
  let sizeBytes = 0;
  for (const [id, result] of pending) {
    sizeBytes += result.sizeBytes;
    if (batch.size > 0 && sizeBytes > maxBytes) break;
    batch.set(id, result);
  }
  return batch;
}

export function halves(batch: Batch): readonly [Batch, Batch] {
  const entries = [...batch];
  const middle = Math.ceil(entries.length / 2);
  return [new Map(entries.slice(0, middle)), new Map(entries.slice(middle))];
}

/**
 * The merge patch that puts each report in place of what was there of its node: what it does not say is taken away. So are
 * `leftovers`, results of tasks that are gone.
 */
export function statusPatch(batch: Batch, leftovers: readonly string[] = []): object {
  const gone = leftovers.map((id) => [id, null]);
  const reports = [...batch].map(([id, { report }]) => [id, replacing(report)]);
  return { metadata: UNTRACKED, status: { nodes: Object.fromEntries([...gone, ...reports]) } };
}

function replacing({ phase, message, progress, outputs, poll }: NodeReport): object {
  return {
    phase,
    message: message ?? null,
    progress: progress ?? null,
    outputs: outputs === undefined ? null : replacingOutputs(outputs),
    poll: poll === undefined ? null : { ...poll, state: poll.state ?? null },
  };
}

function replacingOutputs({ parameters, artifacts, result, exitCode }: Outputs): object {
  return {
    parameters: parameters ?? null,
    artifacts: artifacts ?? null,
    result: result ?? null,
    exitCode: exitCode ?? null,
  };
}
