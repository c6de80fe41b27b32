import { messageOf } from "../message-of.ts";
import { textResponse } from "../response.ts";
import type { PluginResponse } from "../response.ts";
import type { CallMetrics } from "./call-metrics.ts";
import { exposition } from "./exposition.ts";
import { processFamilies } from "./process-metrics.ts";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics of the plugin's own, in the text format of Prometheus: a `Registry` of prom-client is one. */
export interface MetricsSource {
  /** The text. Where it throws, `GET /metrics` answers 500. */
  metrics(): string | Promise<string>;
}

export async function metricsPage(calls: CallMetrics, own: MetricsSource | undefined): Promise<PluginResponse> {
  const text = exposition([...calls.families(), ...processFamilies()]);
  try {
    return textResponse(200, text + ((await own?.metrics()) ?? ""), { "Content-Type": CONTENT_TYPE });
  } catch (error) {
    return textResponse(500, `the plugin's own metrics cannot be told: ${messageOf(error)}`);
  }
}
