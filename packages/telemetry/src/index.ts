export { LOG_LEVELS, createLogger, errorText } from "./logger.ts";
export type { LogFields, LogLevel, Logger, LoggerOptions } from "./logger.ts";
export { Counter, Gauge, Histogram, Registry, createRegistry } from "./metrics.ts";
export { Operation } from "./operation.ts";
export type { Observation, OperationOptions, Settled, Span, Tracer } from "./operation.ts";
export { currentTraceparent, startTracing } from "./tracing.ts";
export type { Tracing, TracingOptions } from "./tracing.ts";
export { createTelemetry } from "./telemetry.ts";
export type { Telemetry } from "./telemetry.ts";
