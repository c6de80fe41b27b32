import { LOG_LEVELS } from "@outrigger/telemetry";
import type { LogLevel } from "@outrigger/telemetry";
import {
  ConfigError,
  DEFAULT_HTTP_ADDRESS,
  ENV_AGENT_NAME,
  ENV_AGENT_TASK_WORKERS,
  ENV_HTTP_ADDRESS,
  ENV_INSTANCE_ID,
  ENV_LOG_LEVEL,
  ENV_PLUGIN_ADDRESSES,
  ENV_PLUGIN_CALL_TIMEOUT,
  ENV_PLUGIN_MAX_ANSWER_BYTES,
  ENV_PLUGIN_NAMES,
  ENV_PLUGIN_POLL_INTERVAL,
  ENV_PLUGIN_RULES,
  ENV_PLUGIN_RETRY_DELAY,
  ENV_PLUGIN_START_TIMEOUT,
  ENV_TASK_SETS,
  ENV_WATCH_NAMESPACE,
  ENV_WORKFLOW_NAME,
  ENV_WORKFLOW_UID,
  EnvironmentReader,
  callRulesByNameParser,
} from "@outrigger/types";
import type { CallRules, Environment, HostAndPort } from "@outrigger/types";
import { DEFAULT_LIMITS } from "./options.ts";
import type { AgentLimits } from "./options.ts";

/** What any agent reads. */
interface CommonConfig {
  readonly plugins: readonly PluginAddress[];
  readonly limits: AgentLimits;
  readonly logLevel: LogLevel;
}

/** The Workflow that an agent serves; or, where it was started before that, what its task set will call it. */
export type AgentIdentity =
  | { readonly workflowName: string; readonly workflowUid: string }
  | { readonly agentName: string };

/** Of the agent of one Workflow. */
export interface AgentConfig extends CommonConfig {
  readonly identity: AgentIdentity;
  /** Where /healthz and /metrics are served; nowhere by default. */
  readonly http: HostAndPort | undefined;
}

/** Of an agent that serves many. */
export interface SharedAgentConfig extends CommonConfig {
  /** The only namespace; all if left out. */
  readonly namespace: string | undefined;
  readonly instanceId: string | undefined;
  /** All that it sees, or those only that the controller has marked for it. */
  readonly taskSets: "all" | "shared";
  /** Where /healthz, /readyz and /metrics are served. */
  readonly http: HostAndPort;
}

export interface PluginAddress {
  /** The name of its container. */
  readonly name: string;
  readonly address: string;
  readonly rules: CallRules;
}

/** Reads the environment of the agent's main container into a complete configuration. */
export function resolveConfig(env: Environment): AgentConfig {
  const read = new EnvironmentReader(env);
  const agentName = read.text(ENV_AGENT_NAME);
  return {
    identity:
      agentName === undefined
        ? { workflowName: read.requiredText(ENV_WORKFLOW_NAME), workflowUid: read.requiredText(ENV_WORKFLOW_UID) }
        : { agentName },
    plugins: pluginAddresses(read),
    ...commonConfig(read),
    http: read.address(ENV_HTTP_ADDRESS),
  };
}

/** Reads the environment of `agent serve`. Without plugins, it serves `http` templates. */
export function resolveSharedConfig(env: Environment): SharedAgentConfig {
  const read = new EnvironmentReader(env);
  const hasPlugins = [ENV_PLUGIN_NAMES, ENV_PLUGIN_ADDRESSES].some((name) => read.text(name) !== undefined);
  return {
    namespace: read.text(ENV_WATCH_NAMESPACE),
    instanceId: read.text(ENV_INSTANCE_ID),
    taskSets: read.choice(ENV_TASK_SETS, ["all", "shared"]) ?? "all",
    plugins: hasPlugins ? pluginAddresses(read) : [],
    ...commonConfig(read),
    http: read.address(ENV_HTTP_ADDRESS) ?? DEFAULT_HTTP_ADDRESS,
  };
}

function commonConfig(read: EnvironmentReader): Omit<CommonConfig, "plugins"> {
  return {
    limits: {
      ...DEFAULT_LIMITS,
      callsPerPlugin: read.count(ENV_AGENT_TASK_WORKERS) ?? DEFAULT_LIMITS.callsPerPlugin,
      callTimeoutMs: read.positiveDurationMs(ENV_PLUGIN_CALL_TIMEOUT) ?? DEFAULT_LIMITS.callTimeoutMs,
      maxAnswerBytes: read.count(ENV_PLUGIN_MAX_ANSWER_BYTES) ?? DEFAULT_LIMITS.maxAnswerBytes,
      pluginStartMs: read.positiveDurationMs(ENV_PLUGIN_START_TIMEOUT) ?? DEFAULT_LIMITS.pluginStartMs,
      retryDelayMs: read.positiveDurationMs(ENV_PLUGIN_RETRY_DELAY) ?? DEFAULT_LIMITS.retryDelayMs,
      pollIntervalMs: read.positiveDurationMs(ENV_PLUGIN_POLL_INTERVAL) ?? DEFAULT_LIMITS.pollIntervalMs,
    },
    logLevel: read.choice(ENV_LOG_LEVEL, LOG_LEVELS) ?? "info",
  };
}

/** The names of the plugins' containers: each has a folder of this name. */
export function pluginNames(read: EnvironmentReader): readonly string[] {
  const names = read.textList(ENV_PLUGIN_NAMES);
  const wrong = names.find((name) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name));
  if (wrong !== undefined) throw new ConfigError(`${ENV_PLUGIN_NAMES} must hold names of containers, not "${wrong}"`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConfigError(`${ENV_PLUGIN_NAMES} must hold each name once, but has "${twice}" twice`);
  return names;
}

function pluginAddresses(read: EnvironmentReader): readonly PluginAddress[] {
  const names = pluginNames(read);
  const addresses = read.textList(ENV_PLUGIN_ADDRESSES);
  if (names.length !== addresses.length) {
    throw new ConfigError(
      `${ENV_PLUGIN_NAMES} and ${ENV_PLUGIN_ADDRESSES} must be of one length, not ${names.length} and ${addresses.length}`,
    );
  }
  const rules = new Map(Object.entries(read.json(ENV_PLUGIN_RULES, callRulesByNameParser) ?? {}));
  return names.map((name, index) => ({
    name,
    address: httpUrl(addresses[index] ?? ""),
    rules: rules.get(name) ?? {},
  }));
}

function httpUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:") return url.origin;
  throw new ConfigError(`${ENV_PLUGIN_ADDRESSES} must hold addresses such as http://localhost:4355, not "${address}"`);
}
