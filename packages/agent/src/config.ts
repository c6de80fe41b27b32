import { LOG_LEVELS } from "@outrigger/telemetry";
import type { LogLevel } from "@outrigger/telemetry";
import {
  ENV_AGENT_TASK_WORKERS,
  ENV_PLUGIN_ADDRESSES,
  ENV_PLUGIN_CALL_TIMEOUT,
  ENV_PLUGIN_MAX_ANSWER_BYTES,
  ENV_PLUGIN_NAMES,
  ENV_PLUGIN_POLL_INTERVAL,
  ENV_PLUGIN_RETRY_DELAY,
  ENV_PLUGIN_START_TIMEOUT,
  ENV_WORKFLOW_NAME,
  ENV_WORKFLOW_UID,
} from "@outrigger/types";
import { ConfigError, choice, count, durationMs, requiredText, text, textList } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { DEFAULT_LIMITS } from "./options.ts";
import type { AgentLimits } from "./options.ts";

/** Environment of the agent's process. What a controller hands on, and what Argo knows, is in @outrigger/types. */
export const ENV_HTTP_ADDRESS = "OUTRIGGER_HTTP_ADDRESS";
export const ENV_LOG_LEVEL = "OUTRIGGER_LOG_LEVEL";

export interface AgentConfig {
  readonly workflowName: string;
  readonly workflowUid: string;
  readonly plugins: readonly PluginAddress[];
  readonly limits: AgentLimits;
  readonly logLevel: LogLevel;
  /** Where /healthz and /metrics are served; nowhere by default. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
}

export interface PluginAddress {
  /** The name of its container. */
  readonly name: string;
  readonly address: string;
}

/** Reads the environment of the agent's main container into a complete configuration. */
export function resolveConfig(env: Environment): AgentConfig {
  return {
    workflowName: requiredText(env, ENV_WORKFLOW_NAME),
    workflowUid: requiredText(env, ENV_WORKFLOW_UID),
    plugins: pluginAddresses(env),
    limits: {
      ...DEFAULT_LIMITS,
      callsPerPlugin: count(env, ENV_AGENT_TASK_WORKERS) ?? DEFAULT_LIMITS.callsPerPlugin,
      callTimeoutMs: durationMs(env, ENV_PLUGIN_CALL_TIMEOUT) ?? DEFAULT_LIMITS.callTimeoutMs,
      maxAnswerBytes: count(env, ENV_PLUGIN_MAX_ANSWER_BYTES) ?? DEFAULT_LIMITS.maxAnswerBytes,
      pluginStartMs: durationMs(env, ENV_PLUGIN_START_TIMEOUT) ?? DEFAULT_LIMITS.pluginStartMs,
      retryDelayMs: durationMs(env, ENV_PLUGIN_RETRY_DELAY) ?? DEFAULT_LIMITS.retryDelayMs,
      pollIntervalMs: durationMs(env, ENV_PLUGIN_POLL_INTERVAL) ?? DEFAULT_LIMITS.pollIntervalMs,
    },
    logLevel: choice(env, ENV_LOG_LEVEL, LOG_LEVELS) ?? "info",
    http: httpAddress(text(env, ENV_HTTP_ADDRESS)),
  };
}

/** The names of the plugins' containers: each has a folder of this name. */
export function pluginNames(env: Environment): readonly string[] {
  return textList(env, ENV_PLUGIN_NAMES).map((name) => {
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return name;
    throw new ConfigError(`${ENV_PLUGIN_NAMES} must hold names of containers, not "${name}"`);
  });
}

function pluginAddresses(env: Environment): readonly PluginAddress[] {
  const names = pluginNames(env);
  const addresses = textList(env, ENV_PLUGIN_ADDRESSES);
  if (names.length !== addresses.length) {
    throw new ConfigError(
      `${ENV_PLUGIN_NAMES} and ${ENV_PLUGIN_ADDRESSES} must be of one length, not ${names.length} and ${addresses.length}`,
    );
  }
  return names.map((name, index) => ({ name, address: httpUrl(addresses[index] ?? "") }));
}

function httpUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:") return url.origin;
  throw new ConfigError(`${ENV_PLUGIN_ADDRESSES} must hold addresses such as http://localhost:4355, not "${address}"`);
}

function httpAddress(value: string | undefined): AgentConfig["http"] {
  if (value === undefined) return undefined;
  const [, host = "", port] = /^(.*):(\d{1,5})$/.exec(value) ?? [];
  if (port !== undefined) return { host: host === "" ? "0.0.0.0" : host, port: Number(port) };
  throw new ConfigError(`${ENV_HTTP_ADDRESS} must be HOST:PORT, such as 0.0.0.0:9090, not "${value}"`);
}
