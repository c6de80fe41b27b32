// The agent as a process: `agent init` and `agent main`, the arguments that Argo's own executable takes, and `agent serve`.
import { createLogger, createRegistry, errorText, servePages, startTracing } from "@outrigger/telemetry";
import type { LogLevel, Telemetry } from "@outrigger/telemetry";
import type { HostAndPort } from "@outrigger/types";
import { runAgentInit, runAgentMain, runAgentServe } from "./agent-process.ts";
import { resolveConfig, resolveSharedConfig } from "./config.ts";
import type { SharedAgent } from "./shared-agent.ts";

const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  "agent init": () => runAgentInit({ env: process.env }),
  "agent main": () => inProcess({ ...resolveConfig(process.env), notReady: () => [] }, runAgentMain),
  "agent serve": serve,
};

interface ProcessOptions {
  readonly logLevel: LogLevel;
  readonly http: HostAndPort | undefined;
  readonly notReady: () => readonly string[];
}

interface ProcessWork {
  readonly env: NodeJS.ProcessEnv;
  readonly telemetry: Partial<Telemetry>;
  readonly signal: AbortSignal;
}

function serve(): Promise<void> {
  let agent: SharedAgent | undefined;
  const notReady = (): readonly string[] => agent?.notReady() ?? ["the agent has not started yet"];
  return inProcess({ ...resolveSharedConfig(process.env), notReady }, (work) =>
    runAgentServe({ ...work, onStarted: (started) => (agent = started) }),
  );
}

async function inProcess(options: ProcessOptions, run: (work: ProcessWork) => Promise<unknown>): Promise<void> {
  const { logLevel, http, notReady } = options;
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const tracing = await startTracing({ serviceName: "outrigger-agent", env: process.env });
  const registry = createRegistry({ processMetrics: http !== undefined });
  const telemetry = {
    logger: createLogger({ component: "agent", level: logLevel }),
    registry,
    tracer: tracing.tracer,
  };
  if (http !== undefined) await servePages({ ...http, registry, notReady });
  await run({ env: process.env, telemetry, signal: stop.signal });
  await tracing.shutdown();
}

async function run(command: string): Promise<void> {
  const runCommand = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (runCommand === undefined)
    throw new Error(`unknown command "${command}": expected one of ${Object.keys(COMMANDS).join(", ")}`);
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
