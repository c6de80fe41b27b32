import type { AgentPodConfig, EngineConfig } from "@outrigger/engine";
import {
  ENV_AGENT_CPU_LIMIT,
  ENV_AGENT_MEMORY_LIMIT,
  ENV_AGENT_PATCH_RATE,
  ENV_AGENT_TASK_WORKERS,
  ENV_EXECUTOR_PLUGINS,
  ENV_WORKFLOW_LEVEL_PLUGINS,
  parseGoDuration,
} from "@outrigger/types";
import { LOG_LEVELS } from "@outrigger/telemetry";
import type { LogLevel } from "@outrigger/telemetry";

/** Environment of the controller. Argo's names where Argo has one; see docs/reference/configuration.md. */
export const ENV_NAMESPACE = "OUTRIGGER_NAMESPACE";
export const ENV_WATCH_NAMESPACE = "OUTRIGGER_WATCH_NAMESPACE";
export const ENV_INSTANCE_ID = "OUTRIGGER_INSTANCE_ID";
export const ENV_AGENT_IMAGE = "OUTRIGGER_AGENT_IMAGE";
export const ENV_AGENT_IMAGE_PULL_POLICY = "OUTRIGGER_AGENT_IMAGE_PULL_POLICY";
export const ENV_AGENT_PLUGINS = "OUTRIGGER_AGENT_PLUGINS";
export const ENV_AGENT_LINGER = "OUTRIGGER_AGENT_LINGER";
export const ENV_WORKERS = "OUTRIGGER_WORKERS";
export const ENV_HTTP_ADDRESS = "OUTRIGGER_HTTP_ADDRESS";
export const ENV_LOG_LEVEL = "OUTRIGGER_LOG_LEVEL";

export const DEFAULT_AGENT_IMAGE = "ghcr.io/outrigger-dev/agent:0.1.0";
const DEFAULT_INSTALL_NAMESPACE = "argo";
const DEFAULT_LINGER_MS = 30_000;
const DEFAULT_WORKERS = 32;
const CHECKPOINT_INTERVAL_MS = 250;
const DEFAULT_HTTP_ADDRESS = "0.0.0.0:9090";

export interface ControllerConfig {
  readonly engine: EngineConfig;
  /** Where the controller is installed: its plugins serve every namespace. */
  readonly installNamespace: string;
  /** The only namespace to watch; all if left out. */
  readonly watchNamespace: string | undefined;
  /** Workflows handled at the same time. */
  readonly workers: number;
  /** Least time between two saves of one Workflow while its task set can restore what is lost. */
  readonly checkpointIntervalMs: number;
  readonly logLevel: LogLevel;
  /** Where /healthz, /readyz and /metrics are served. */
  readonly http: { readonly host: string; readonly port: number };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment holds a value that makes no sense. Thrown at start, with the variable's name and what it takes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment into a complete configuration. */
export function resolveConfig(env: Environment): ControllerConfig {
  const read = reader(env);
  return {
    engine: {
      pluginsEnabled: env[ENV_EXECUTOR_PLUGINS] === "true",
      workflowLevelPluginsEnabled: env[ENV_WORKFLOW_LEVEL_PLUGINS] === "true",
      agentPlugins: read.choice(ENV_AGENT_PLUGINS, ["used", "all"]) ?? "used",
      instanceId: read.text(ENV_INSTANCE_ID),
      agent: agentPodConfig(env, read),
    },
    installNamespace: read.text(ENV_NAMESPACE) ?? DEFAULT_INSTALL_NAMESPACE,
    watchNamespace: read.text(ENV_WATCH_NAMESPACE),
    workers: read.count(ENV_WORKERS) ?? DEFAULT_WORKERS,
    checkpointIntervalMs: CHECKPOINT_INTERVAL_MS,
    logLevel: read.choice(ENV_LOG_LEVEL, LOG_LEVELS) ?? "info",
    http: address(read.text(ENV_HTTP_ADDRESS) ?? DEFAULT_HTTP_ADDRESS),
  };
}

function agentPodConfig(env: Environment, read: Reader): AgentPodConfig {
  return {
    image: read.text(ENV_AGENT_IMAGE) ?? DEFAULT_AGENT_IMAGE,
    imagePullPolicy: read.choice(ENV_AGENT_IMAGE_PULL_POLICY, ["Always", "IfNotPresent", "Never"]),
    // Argo's name for the executable: our agent's image has it too, so either image runs under either controller.
    command: ["argoexec"],
    env: passedOn(env, [ENV_AGENT_TASK_WORKERS, ENV_AGENT_PATCH_RATE]),
    cpuLimit: read.text(ENV_AGENT_CPU_LIMIT) ?? "100m",
    memoryLimit: read.text(ENV_AGENT_MEMORY_LIMIT) ?? "256M",
    lingerMs: read.durationMs(ENV_AGENT_LINGER) ?? DEFAULT_LINGER_MS,
  };
}

function passedOn(env: Environment, names: readonly string[]): Record<string, string> {
  const given = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

function address(text: string): { host: string; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  if (match === null)
    throw new ConfigError(`${ENV_HTTP_ADDRESS} must be HOST:PORT, such as 0.0.0.0:9090, not "${text}"`);
  return { host: match[1] === "" ? "0.0.0.0" : (match[1] ?? ""), port: Number(match[2]) };
}

/** Each answers undefined where the variable is not set or empty. */
interface Reader {
  text(name: string): string | undefined;
  choice<const T extends string>(name: string, allowed: readonly T[]): T | undefined;
  durationMs(name: string): number | undefined;
  count(name: string): number | undefined;
}

function reader(env: Environment): Reader {
  const text = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return {
    text,
    choice(name, allowed) {
      const value = text(name);
      const found = allowed.find((candidate) => candidate === value);
      if (value !== undefined && found === undefined) {
        throw new ConfigError(`${name} must be one of ${allowed.join(", ")}, not "${value}"`);
      }
      return found;
    },
    durationMs(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const parsed = parseGoDuration(value);
      if (parsed === undefined || parsed < 0)
        throw new ConfigError(`${name} must be a duration such as 30s, not "${value}"`);
      return parsed;
    },
    count(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const parsed = Number(value);
      if (!Number.isInteger(parsed) || parsed < 1)
        throw new ConfigError(`${name} must be a whole number from 1, not "${value}"`);
      return parsed;
    },
  };
}
