// The controller as a process: reads the environment, starts, and on SIGTERM finishes what it writes.
import { HttpKubeClient, loadConnection } from "@outrigger/kube";
import {
  createLogger,
  createRegistry,
  createTelemetry,
  errorText,
  servePages,
  startTracing,
} from "@outrigger/telemetry";
import { resolveConfig } from "./config.ts";
import { Controller } from "./controller.ts";
import { observeApiCalls } from "./metrics.ts";

async function main(): Promise<void> {
  const config = resolveConfig(process.env);
  const tracing = await startTracing({ serviceName: "outrigger-controller", env: process.env });
  const telemetry = createTelemetry({
    logger: createLogger({ component: "controller", level: config.logLevel }),
    registry: createRegistry({ processMetrics: true }),
    tracer: tracing.tracer,
  });
  const connection = await loadConnection({ env: process.env });
  const client = new HttpKubeClient({
    connection,
    userAgent: "outrigger-controller/0.1.0",
    observe: observeApiCalls(telemetry),
  });
  const controller = new Controller({ client, config, telemetry });
  const pages = await servePages({
    ...config.http,
    registry: telemetry.registry,
    notReady: () => controller.notReady(),
  });
  const stop = async (signal: string): Promise<void> => {
    telemetry.logger.info({ signal }, "Controller is stopping");
    await controller.stop();
    await pages.close();
    await tracing.shutdown();
    client.close();
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
  await controller.start();
}

await main().catch((error: unknown) => {
  process.stderr.write(`outrigger-controller: ${errorText(error)}\n`);
  process.exit(1);
});
