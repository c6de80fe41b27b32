import { Operation } from "@outrigger/telemetry";
import type { Telemetry } from "@outrigger/telemetry";

/** The metrics of an agent, in one place. */
export interface AgentMetrics {
  readonly pluginRequests: Operation<"plugin" | "method">;
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
