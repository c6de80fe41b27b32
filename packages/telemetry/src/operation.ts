import { SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Span, Tracer } from "@opentelemetry/api";
import { Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { errorText } from "./logger.ts";

export type { Span, Tracer } from "@opentelemetry/api";

export interface OperationOptions<Label extends string> {
  readonly registry: Registry;
  readonly tracer: Tracer;
  /** Metric name without suffix: `outrigger_plugin_request` gives `…_duration_seconds` and `…s_in_flight`. */
  readonly metric: string;
  readonly help: string;
  /** Bounded values only; never a workflow's name. `outcome` is added. */
  readonly labels: readonly Label[];
  readonly spanName: string;
}

export interface Observation<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** Added to the span only: may be unbounded. */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

// From a call on the same machine to one that hits its 30 s time-out.
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One kind of work that is worth seeing: each run has a duration, an outcome and a span. */
export class Operation<Label extends string> {
  readonly #tracer: Tracer;
  readonly #spanName: string;
  readonly #duration: Histogram;
  readonly #inFlight: Gauge;

  constructor(options: OperationOptions<Label>) {
    const { registry, metric, help, labels } = options;
    this.#tracer = options.tracer;
    this.#spanName = options.spanName;
    this.#duration = new Histogram({
      name: `${metric}_duration_seconds`,
      help: `${help}: duration in seconds, by outcome`,
      labelNames: [...labels, "outcome"],
      buckets: DURATION_BUCKETS_SECONDS,
      registers: [registry],
    });
    this.#inFlight = new Gauge({
      name: `${metric}s_in_flight`,
      help: `${help}: how many are under way`,
      labelNames: [...labels],
      registers: [registry],
    });
  }

  /** Runs `work` under a span. `outcome` names how it ended, out of few values; an error's outcome is "error" unless it says otherwise. */
  async run<T>(
    observation: Observation<Label>,
    work: (span: Span) => Promise<T>,
    outcome: (settled: Settled<T>) => string = (settled) => (settled.ok ? "ok" : "error"),
  ): Promise<T> {
    const { labels } = observation;
    const span = this.#tracer.startSpan(this.#spanName, { attributes: { ...labels, ...observation.attributes } });
    const stop = this.#duration.startTimer();
    this.#inFlight.inc(labels);
    const finish = (settled: Settled<T>): void => {
      const result = outcome(settled);
      stop({ ...labels, outcome: result });
      this.#inFlight.dec(labels);
      span.setAttribute("outcome", result);
      if (!settled.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(settled.error) });
      span.end();
    };
    try {
      const value = await context.with(trace.setSpan(context.active(), span), () => work(span));
      finish({ ok: true, value });
      return value;
    } catch (error) {
      finish({ ok: false, error });
      throw error;
    }
  }
}

export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };
