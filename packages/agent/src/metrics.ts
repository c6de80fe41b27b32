import { Operation } from "@outrigger/telemetry";
import type { Telemetry } from "@outrigger/telemetry";

/** The metrics of an agent, in one place. */
export interface AgentMetrics {
  readonly pluginRequests: Operation<"plugin" | "method">;
  readonly httpRequests: Operation<never>;
  readonly resultWrites: Operation<never>;
}

export function agentMetrics({ registry, tracer }: Telemetry): AgentMetrics {
  return {
    pluginRequests: new Operation({
      registry,
      tracer,
      metric: "outrigger_plugin_request",
      help: "Requests to plugins",
      labels: ["plugin", "method"],
      spanName: "plugin.request",
    }),
    httpRequests: new Operation({
      registry,
      tracer,
      metric: "outrigger_http_request",
      help: "Requests of http templates",
      labels: [],
      spanName: "http.request",
    }),
    resultWrites: new Operation({
      registry,
      tracer,
      metric: "outrigger_result_write",
      help: "Writes of results into the WorkflowTaskSet",
      labels: [],
      spanName: "results.write",
    }),
  };
}
