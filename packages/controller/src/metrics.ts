import { Counter, Gauge, Operation } from "@outrigger/telemetry";
import type { Telemetry } from "@outrigger/telemetry";
import type { ApiCall, ObserveCall, QueueStats } from "@outrigger/kube";
import { KubeError } from "@outrigger/kube";

/** How every call to the API is seen: a duration by verb, resource and outcome, and a span. */
export function observeApiCalls({ registry, tracer }: Telemetry): ObserveCall {
  const requests = new Operation({
    registry,
    tracer,
    metric: "outrigger_kube_request",
    help: "Calls to the Kubernetes API",
    labels: ["verb", "resource"],
    spanName: "kube.request",
  });
  const written = new Counter({
    name: "outrigger_kube_request_bytes_total",
    help: "Bytes sent to the Kubernetes API in request bodies",
    labelNames: ["verb", "resource"],
    registers: [registry],
  });
  return (call, run) => {
    const labels = { verb: call.verb, resource: resourceLabel(call) };
    return requests
      .run({ labels }, run, (settled) => (settled.ok ? "ok" : outcomeOf(settled.error)))
      .finally(() => written.inc(labels, call.traffic.requestBytes));
  };
}

function resourceLabel({ resource, subresource }: ApiCall): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

function outcomeOf(error: unknown): string {
  return error instanceof KubeError ? error.reason : "error";
}

interface Observed {
  readonly queue: () => QueueStats;
  readonly isLeading: () => boolean;
}

/** The metrics of the controller itself, in one place. */
export class ControllerMetrics {
  readonly reconciles: Operation<never>;

  constructor({ registry, tracer }: Telemetry, { queue, isLeading }: Observed) {
    this.reconciles = new Operation({
      registry,
      tracer,
      metric: "outrigger_reconcile",
      help: "Reconciles of Workflows",
      labels: [],
      spanName: "reconcile",
    });
    const leader: Gauge = new Gauge({
      name: "outrigger_leader",
      help: "1 for the controller that works, 0 for one that waits to take over",
      registers: [registry],
      collect: () => leader.set(isLeading() ? 1 : 0),
    });
    const gauges: Readonly<Record<string, readonly [help: string, read: (stats: QueueStats) => number]>> = {
      outrigger_work_queue_depth: ["Workflows that wait for a worker", (stats) => stats.depth],
      outrigger_work_queue_running: ["Workflows that are being worked on", (stats) => stats.running],
      outrigger_work_queue_delayed: ["Workflows that will be looked at later", (stats) => stats.delayed],
      outrigger_work_queue_longest_wait_seconds: [
        "How long the Workflow that waits longest has waited",
        (stats) => stats.longestWaitMs / 1_000,
      ],
    };
    for (const [name, [help, read]] of Object.entries(gauges)) {
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read(queue())) });
    }
  }
}
