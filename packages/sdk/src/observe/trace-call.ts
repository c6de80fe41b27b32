import { SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import type { Context } from "@opentelemetry/api";
import type { ObservedCall, Outcome } from "./outcome.ts";

/** A call, with what only its span tells: there are any number of workflows. */
export interface TracedCall extends ObservedCall {
  readonly traceparent: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What is to be told of a call's end. */
export interface TracedEnd {
  readonly outcome: Outcome;
}

const ENDED_WELL: ReadonlySet<Outcome> = new Set<Outcome>(["succeeded", "running"]);

/**
 * Runs a call under a span that continues the caller's trace. Without an OpenTelemetry SDK in the process, which is the author's to
 * set up, this does nothing.
 */
export function traceCall<T extends TracedEnd>(call: TracedCall, work: () => Promise<T>): Promise<T> {
  const { plugin, method, attributes } = call;
  const options = { kind: SpanKind.SERVER, attributes: { ...attributes, plugin, method } };
  const tracer = trace.getTracer("@outrigger/sdk");
  return tracer.startActiveSpan(`plugin.${method}`, options, parentOf(call), async (span) => {
    try {
      const ended = await work();
      span.setAttribute("outcome", ended.outcome);
      if (method !== "cancel" && !ENDED_WELL.has(ended.outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
      return ended;
    } finally {
      span.end();
    }
  });
}

// Where something traces HTTP requests already, its span continues the trace, and ours is below it.
function parentOf({ traceparent }: TracedCall): Context {
  const active = context.active();
  return trace.getSpan(active) === undefined ? propagation.extract(active, { traceparent }) : active;
}
