import { trace } from "@opentelemetry/api";
import type { Tracer } from "@opentelemetry/api";
import type { Registry } from "prom-client";
import { createLogger } from "./logger.ts";
import type { Logger } from "./logger.ts";
import { createRegistry } from "./metrics.ts";

/** What a component needs to be seen from outside; handed in, never global. */
export interface Telemetry {
  readonly logger: Logger;
  readonly registry: Registry;
  readonly tracer: Tracer;
}

/** Fills in what is not given: a silent logger, a registry of its own, a tracer that follows the process's OpenTelemetry set-up. */
export function createTelemetry(parts: Partial<Telemetry> = {}): Telemetry {
  return {
    logger: parts.logger ?? createLogger({ component: "none", level: "silent" }),
    registry: parts.registry ?? createRegistry({ processMetrics: false }),
    tracer: parts.tracer ?? trace.getTracer("outrigger"),
  };
}
