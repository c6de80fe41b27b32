import type { AgentPodConfig, EngineConfig, WarmPool } from "@outrigger/engine";
import {
  AGENT_SETTINGS,
  DEFAULT_HTTP_ADDRESS,
  ENV_AGENT_CPU_LIMIT,
  ENV_AGENT_MEMORY_LIMIT,
  ENV_AGENT_PODS,
  ENV_EXECUTOR_PLUGINS,
  ENV_HTTP_ADDRESS,
  ENV_INSTANCE_ID,
  ENV_LOG_LEVEL,
  ENV_WARM_POOLS,
  ENV_WATCH_NAMESPACE,
  ENV_WORKFLOW_LEVEL_PLUGINS,
  EnvironmentReader,
  VERSION,
  integer,
  list,
  object,
  refine,
  string,
} from "@outrigger/types";
import type { Environment, HostAndPort } from "@outrigger/types";
import { LOG_LEVELS } from "@outrigger/telemetry";
import type { LogLevel } from "@outrigger/telemetry";

/** Environment of the controller. Argo's names where Argo has one; see docs/reference/configuration.md. */
export const ENV_NAMESPACE = "OUTRIGGER_NAMESPACE";
export const ENV_AGENT_IMAGE = "OUTRIGGER_AGENT_IMAGE";
export const ENV_AGENT_IMAGE_PULL_POLICY = "OUTRIGGER_AGENT_IMAGE_PULL_POLICY";
export const ENV_AGENT_PLUGINS = "OUTRIGGER_AGENT_PLUGINS";
export const ENV_AGENT_LINGER = "OUTRIGGER_AGENT_LINGER";
export const ENV_CANCEL_GRACE = "OUTRIGGER_CANCEL_GRACE";
export const ENV_MAX_OPEN_TASKS = "OUTRIGGER_MAX_OPEN_TASKS";
export const ENV_WORKERS = "OUTRIGGER_WORKERS";
export const ENV_LEADER_ELECTION = "OUTRIGGER_LEADER_ELECTION";
export const ENV_LEASE_DURATION = "OUTRIGGER_LEASE_DURATION";

export const DEFAULT_AGENT_IMAGE = `ghcr.io/outrigger-dev/agent:${VERSION}`;
// Argo's is 100m: enough for what an agent does, but with it a Node takes three seconds to start, twice a pod.
const DEFAULT_AGENT_CPU_LIMIT = "1";
const DEFAULT_INSTALL_NAMESPACE = "argo";
const DEFAULT_LINGER_MS = 30_000;
const DEFAULT_CANCEL_GRACE_MS = 10_000;
const DEFAULT_MAX_OPEN_TASKS = 1_000;
const DEFAULT_WORKERS = 32;
const DEFAULT_LEASE_MS = 15_000;
const CHECKPOINT_INTERVAL_MS = 250;

export interface LeaseConfig {
  readonly name: string;
  /** How long nobody takes over from a controller that has gone without a word. */
  readonly durationMs: number;
}

export interface ControllerConfig {
  readonly engine: EngineConfig;
  /** Where the controller is installed: its plugins serve every namespace. */
  readonly installNamespace: string;
  /** The only namespace to watch; all if left out. */
  readonly watchNamespace: string | undefined;
  /** Of several controllers, the one with this Lease works; undefined: there is only one. */
  readonly lease: LeaseConfig | undefined;
  /** Agent pods that are kept ready. */
  readonly warmPools: readonly WarmPool[];
  /** Workflows handled at the same time. */
  readonly workers: number;
  /** Least time between two saves of one Workflow while its task set can restore what is lost. */
  readonly checkpointIntervalMs: number;
  readonly logLevel: LogLevel;
  /** Where /healthz, /readyz and /metrics are served. */
  readonly http: HostAndPort;
}

/** Reads the environment into a complete configuration. */
export function resolveConfig(env: Environment): ControllerConfig {
  const read = new EnvironmentReader(env);
  return {
    engine: {
      pluginsEnabled: env[ENV_EXECUTOR_PLUGINS] === "true",
      workflowLevelPluginsEnabled: env[ENV_WORKFLOW_LEVEL_PLUGINS] === "true",
      agentPlugins: read.choice(ENV_AGENT_PLUGINS, ["used", "all"]) ?? "used",
      agentPods: read.choice(ENV_AGENT_PODS, ["create", "stateful", "none"]) ?? "create",
      instanceId: read.text(ENV_INSTANCE_ID),
      maxOpenTasks: read.count(ENV_MAX_OPEN_TASKS) ?? DEFAULT_MAX_OPEN_TASKS,
      agent: agentPodConfig(env, read),
    },
    installNamespace: read.text(ENV_NAMESPACE) ?? DEFAULT_INSTALL_NAMESPACE,
    watchNamespace: read.text(ENV_WATCH_NAMESPACE),
    lease: env[ENV_LEADER_ELECTION] === "true" ? leaseConfig(read) : undefined,
    warmPools: read.json(ENV_WARM_POOLS, list(warmPoolParser)) ?? [],
    workers: read.count(ENV_WORKERS) ?? DEFAULT_WORKERS,
    checkpointIntervalMs: CHECKPOINT_INTERVAL_MS,
    logLevel: read.choice(ENV_LOG_LEVEL, LOG_LEVELS) ?? "info",
    http: read.address(ENV_HTTP_ADDRESS) ?? DEFAULT_HTTP_ADDRESS,
  };
}

const warmPoolParser = object<WarmPool>(
  {
    namespace: string,
    serviceAccountName: string,
    plugins: list(string),
    size: refine(integer, (size) => (size > 0 ? undefined : "must be at least 1")),
  },
  { required: ["namespace", "serviceAccountName", "plugins", "size"], unknown: "error" },
);

// The chart lets the controller have a Lease of this very name (deploy/charts/outrigger/templates/_helpers.tpl).
function leaseConfig(read: EnvironmentReader): LeaseConfig {
  const instanceId = read.text(ENV_INSTANCE_ID);
  return {
    name: instanceId === undefined ? "outrigger-controller" : `outrigger-controller-${instanceId}`,
    durationMs: read.positiveDurationMs(ENV_LEASE_DURATION) ?? DEFAULT_LEASE_MS,
  };
}

function agentPodConfig(env: Environment, read: EnvironmentReader): AgentPodConfig {
  return {
    image: read.text(ENV_AGENT_IMAGE) ?? DEFAULT_AGENT_IMAGE,
    imagePullPolicy: read.choice(ENV_AGENT_IMAGE_PULL_POLICY, ["Always", "IfNotPresent", "Never"]),
    // Argo's name for the executable: our agent's image has it too, so either image runs under either controller.
    command: ["argoexec"],
    env: passedOn(env, AGENT_SETTINGS),
    cpuLimit: read.text(ENV_AGENT_CPU_LIMIT) ?? DEFAULT_AGENT_CPU_LIMIT,
    memoryLimit: read.text(ENV_AGENT_MEMORY_LIMIT) ?? "256M",
    lingerMs: read.durationMs(ENV_AGENT_LINGER) ?? DEFAULT_LINGER_MS,
    cancelGraceMs: read.durationMs(ENV_CANCEL_GRACE) ?? DEFAULT_CANCEL_GRACE_MS,
  };
}

function passedOn(env: Environment, names: readonly string[]): Record<string, string> {
  const given = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
