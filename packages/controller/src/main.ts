// The controller as a process: reads the environment, starts, and on SIGTERM finishes what it writes.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { HttpKubeClient, LeaderElection, loadConnection, systemClock } from "@outrigger/kube";
import type { Connection, ObserveCall } from "@outrigger/kube";
import {
  createLogger,
  createRegistry,
  createTelemetry,
  errorText,
  servePages,
  startTracing,
} from "@outrigger/telemetry";
import type { Logger } from "@outrigger/telemetry";
import { VERSION } from "@outrigger/types";
import { resolveConfig } from "./config.ts";
import type { ControllerConfig } from "./config.ts";
import { Controller } from "./controller.ts";
import { observeApiCalls } from "./metrics.ts";

const USER_AGENT = `outrigger-controller/${VERSION}`;

async function main(): Promise<void> {
  const config = resolveConfig(process.env);
  const tracing = await startTracing({ serviceName: "outrigger-controller", env: process.env });
  const telemetry = createTelemetry({
    logger: createLogger({ component: "controller", level: config.logLevel }),
    registry: createRegistry({ processMetrics: true }),
    tracer: tracing.tracer,
  });
  const connection = await loadConnection({ env: process.env });
  const observe = observeApiCalls(telemetry);
  const client = new HttpKubeClient({
    connection,
    userAgent: USER_AGENT,
    observe,
  });
  const election = createElection(config, connection, { logger: telemetry.logger, observe });
  const controller = new Controller({
    client,
    config,
    telemetry,
    ...(election === undefined ? {} : { leadership: election }),
  });
  const pages = await servePages({
    ...config.http,
    registry: telemetry.registry,
    notReady: () => controller.notReady(),
  });
  const stop = async (signal: string): Promise<void> => {
    telemetry.logger.info({ signal }, "Controller is stopping");
    await controller.stop();
    await election?.stop();
    await pages.close();
    await tracing.shutdown();
    client.close();
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
  election?.start();
  void election?.lost.then(() => {
    telemetry.logger.error({}, "Leadership was lost");
    process.exit(1);
  });
  await controller.start();
}

function createElection(
  { lease, installNamespace }: ControllerConfig,
  connection: Connection,
  { logger, observe }: { readonly logger: Logger; readonly observe: ObserveCall },
): LeaderElection | undefined {
  if (lease === undefined) return undefined;
  const identity = `${hostname()}_${randomUUID()}`;
  logger.info({ lease: lease.name, identity }, "Waiting to lead");
  return new LeaderElection({
    // A call that hangs must not keep a leader from hearing that it is none any more.
    client: new HttpKubeClient({
      connection,
      userAgent: USER_AGENT,
      requestTimeoutMs: lease.durationMs / 3,
      observe,
    }),
    clock: systemClock,
    namespace: installNamespace,
    name: lease.name,
    leaseMs: lease.durationMs,
    identity,
    onError: (error) => logger.warn({ error: errorText(error) }, "Lease could not be read or renewed"),
  });
}

await main().catch((error: unknown) => {
  process.stderr.write(`outrigger-controller: ${errorText(error)}\n`);
  process.exit(1);
});
