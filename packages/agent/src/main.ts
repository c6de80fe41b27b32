// The agent as a process: `agent init` and `agent main`, the arguments that Argo's own executable takes.
import { createLogger, createRegistry, errorText, servePages, startTracing } from "@outrigger/telemetry";
import { runAgentInit, runAgentMain } from "./agent-process.ts";
import { resolveConfig } from "./config.ts";

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  "agent init": () => runAgentInit({ env: process.env }),
  "agent main": main,
};

async function main(): Promise<void> {
  const { logLevel, http } = resolveConfig(process.env);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const tracing = await startTracing({ serviceName: "outrigger-agent", env: process.env });
  const telemetry = {
    logger: createLogger({ component: "agent", level: logLevel }),
    registry: createRegistry({ processMetrics: http !== undefined }),
    tracer: tracing.tracer,
  };
  if (http !== undefined) await servePages({ ...http, registry: telemetry.registry });
  await runAgentMain({ env: process.env, telemetry, signal: stop.signal });
  await tracing.shutdown();
}

async function run(command: string): Promise<void> {
  const runCommand = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (runCommand === undefined)
    throw new Error(`unknown command "${command}": expected ${Object.keys(COMMANDS).join(" or ")}`);
  await runCommand();
}

// Argo's controller adds options for its own logger; they say nothing to us.
await run(process.argv.slice(2, 4).join(" ")).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`outrigger-agent: ${errorText(error)}\n`);
    process.exit(1);
  },
);
