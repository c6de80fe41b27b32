import type { Family, Sample } from "./exposition.ts";
import type { ObservedCall, Outcome } from "./outcome.ts";

// From an answer out of memory to one that hits the agent's time-out of 30 s.
const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, Infinity];

interface Histogram {
  readonly call: ObservedCall;
  readonly outcome: Outcome;
  /** How many took as long as the bucket of this index says, and no longer. */
  readonly counts: number[];
  sumSeconds: number;
}

/** What calls there were, how they went and how long they took; how many are under way. */
export class CallMetrics {
  readonly #histograms = new Map<string, Histogram>();
  readonly #inFlight = new Map<string, { readonly call: ObservedCall; count: number }>();

  /** Counts a call as begun; answers what counts it as ended. */
  begin(call: ObservedCall): (outcome: Outcome) => void {
    const key = `${call.method} ${call.plugin}`;
    const inFlight = this.#inFlight.get(key) ?? { call, count: 0 };
    this.#inFlight.set(key, inFlight);
    inFlight.count += 1;
    const startMs = performance.now();
    return (outcome) => {
      inFlight.count -= 1;
      this.#record(call, outcome, (performance.now() - startMs) / 1_000);
    };
  }

  families(): readonly Family[] {
    const inFlight = [...this.#inFlight.values()].map(({ call, count }) => ({ labels: { ...call }, value: count }));
    return [
      {
        name: "outrigger_plugin_call_duration_seconds",
        help: "Calls of a plugin: duration in seconds, by outcome",
        type: "histogram",
        samples: [...this.#histograms.values()].flatMap(samplesOf),
      },
      {
        name: "outrigger_plugin_calls_in_flight",
        help: "Calls of a plugin: how many are under way",
        type: "gauge",
        samples: inFlight,
      },
    ];
  }

  #record(call: ObservedCall, outcome: Outcome, seconds: number): void {
    const key = `${call.method} ${outcome} ${call.plugin}`;
    const histogram = this.#histograms.get(key) ?? {
      call,
      outcome,
      counts: BUCKETS_SECONDS.map(() => 0),
      sumSeconds: 0,
    };
    this.#histograms.set(key, histogram);
    histogram.sumSeconds += seconds;
    const bucket = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  }
}

function samplesOf({ call, outcome, counts, sumSeconds }: Histogram): readonly Sample[] {
  const labels = { ...call, outcome };
  let count = 0;
  const buckets = BUCKETS_SECONDS.map((bound, index) => {
    count += counts[index] ?? 0;
    return { suffix: "_bucket", labels: { ...labels, le: bound === Infinity ? "+Inf" : `${bound}` }, value: count };
  });
  return [...buckets, { suffix: "_sum", labels, value: sumSeconds }, { suffix: "_count", labels, value: count }];
}
