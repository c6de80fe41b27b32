import type { CallMetrics } from "./call-metrics.ts";
import { traceCall } from "./trace-call.ts";
import type { TracedCall, TracedEnd } from "./trace-call.ts";

/** Sees calls: in metrics, in spans, as far as they are switched on. */
export interface Observer {
  readonly metrics: CallMetrics | undefined;
  readonly tracing: boolean;
}

export async function observeCall<T extends TracedEnd>(
  { metrics, tracing }: Observer,
  call: TracedCall,
  work: () => Promise<T>,
): Promise<T> {
  const end = metrics?.begin({ plugin: call.plugin, method: call.method });
  const ended = await (tracing ? traceCall(call, work) : work());
  end?.(ended.outcome);
  return ended;
}
