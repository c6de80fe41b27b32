import { formatGoDuration } from "../duration.ts";

export interface PollTime {
  readonly afterMs: number;
  /** What a reader should know, where we do not do what the plugin said. */
  readonly remark?: string;
}

// A plugin that is asked all the time does nothing else.
const MIN_REQUEUE_MS = 10;
// Nobody wonders what a node waits for that waits a moment.
const WORTH_SAYING_MS = 5_000;
// A plugin that counts wrongly must not put its node to sleep for years.
const MAX_REQUEUE_MS = 24 * 3_600_000;

/** When to call a plugin again that is not done. Without a usable time, after the default: a task is never forgotten. */
export function pollTime(requeueMs: number | undefined, defaultMs: number): PollTime {
  // To Argo, no time is no requeue.
  if (requeueMs === undefined || requeueMs === 0) {
    return {
      afterMs: defaultMs,
      remark: `the plugin gave no requeue time: polled every ${formatGoDuration(defaultMs)}`,
    };
  }
  if (requeueMs > MAX_REQUEUE_MS) {
    const [given, most] = [formatGoDuration(requeueMs), formatGoDuration(MAX_REQUEUE_MS)];
    return { afterMs: MAX_REQUEUE_MS, remark: `requeue ${given} is too long: polled again after ${most}` };
  }
  return { afterMs: Math.max(requeueMs, MIN_REQUEUE_MS) };
}

/** What a node that waits for its next poll says: what the plugin said, else until when it waits. */
export function waitingMessage(
  said: string | undefined,
  { afterMs, remark }: PollTime,
  nowMs: number,
): string | undefined {
  const silent = said === undefined || said === "";
  if (remark !== undefined) return silent ? remark : `${said} (${remark})`;
  if (!silent || afterMs < WORTH_SAYING_MS) return said;
  return `polled again at ${new Date(nowMs + afterMs).toISOString()}`;
}
