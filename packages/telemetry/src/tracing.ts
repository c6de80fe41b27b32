import { propagation, context, trace } from "@opentelemetry/api";
import type { Tracer } from "@opentelemetry/api";

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is left. */
  shutdown(): Promise<void>;
}

export interface TracingOptions {
  /** `service.name`, unless OTEL_SERVICE_NAME is set. */
  readonly serviceName: string;
  /** The OTEL_ variables; tracing is on where they name an endpoint. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts OpenTelemetry's Node SDK where OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) is set. Otherwise the SDK is not even
 * loaded and every span is a no-op.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { env, serviceName } = options;
  const wanted = env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  if (wanted === undefined || wanted === "" || env["OTEL_SDK_DISABLED"] === "true") {
    return { tracer: trace.getTracer("outrigger"), shutdown: () => Promise.resolve() };
  }
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const sdk = new NodeSDK({
    serviceName: env["OTEL_SERVICE_NAME"] ?? serviceName,
    traceExporter: new OTLPTraceExporter(),
  });
  sdk.start();
  return { tracer: trace.getTracer("outrigger"), shutdown: () => sdk.shutdown() };
}

/** The W3C `traceparent` of the active span, for a request header; undefined where nothing is traced. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier["traceparent"];
}
