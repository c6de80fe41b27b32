/** Argo's environment names. */
export const ENV_EXECUTOR_PLUGINS = "ARGO_EXECUTOR_PLUGINS";
export const ENV_WORKFLOW_LEVEL_PLUGINS = "ARGO_WORKFLOW_LEVEL_EXECUTOR_PLUGINS";
export const ENV_WORKFLOW_NAME = "ARGO_WORKFLOW_NAME";
export const ENV_WORKFLOW_UID = "ARGO_WORKFLOW_UID";
export const ENV_PLUGIN_ADDRESSES = "ARGO_PLUGIN_ADDRESSES";
export const ENV_PLUGIN_NAMES = "ARGO_PLUGIN_NAMES";
export const ENV_AGENT_TASK_WORKERS = "ARGO_AGENT_TASK_WORKERS";
export const ENV_AGENT_PATCH_RATE = "ARGO_AGENT_PATCH_RATE";
export const ENV_AGENT_CPU_LIMIT = "ARGO_AGENT_CPU_LIMIT";
export const ENV_AGENT_MEMORY_LIMIT = "ARGO_AGENT_MEMORY_LIMIT";

/** Ours: how long an agent waits for plugins, and what it takes from them. */
export const ENV_PLUGIN_START_TIMEOUT = "OUTRIGGER_PLUGIN_START_TIMEOUT";
export const ENV_PLUGIN_CALL_TIMEOUT = "OUTRIGGER_PLUGIN_CALL_TIMEOUT";
export const ENV_PLUGIN_RETRY_DELAY = "OUTRIGGER_PLUGIN_RETRY_DELAY";
export const ENV_PLUGIN_POLL_INTERVAL = "OUTRIGGER_PLUGIN_POLL_INTERVAL";
export const ENV_PLUGIN_MAX_ANSWER_BYTES = "OUTRIGGER_PLUGIN_MAX_ANSWER_BYTES";

/** Ours, made by the controller: a JSON object of what plugins say of themselves (CallRules), by the names of their containers. */
export const ENV_PLUGIN_RULES = "OUTRIGGER_PLUGIN_RULES";

/** What a controller hands on to its agents from its own environment. */
export const AGENT_SETTINGS = [
  ENV_AGENT_TASK_WORKERS,
  ENV_AGENT_PATCH_RATE,
  ENV_PLUGIN_START_TIMEOUT,
  ENV_PLUGIN_CALL_TIMEOUT,
  ENV_PLUGIN_RETRY_DELAY,
  ENV_PLUGIN_POLL_INTERVAL,
  ENV_PLUGIN_MAX_ANSWER_BYTES,
] as const;

/** Ours, of controller and shared agent: whose Workflows are theirs. */
export const ENV_WATCH_NAMESPACE = "OUTRIGGER_WATCH_NAMESPACE";
export const ENV_INSTANCE_ID = "OUTRIGGER_INSTANCE_ID";

/** Ours, of the controller: for which Workflows it makes agent pods, and which pods it keeps ready. */
export const ENV_AGENT_PODS = "OUTRIGGER_AGENT_PODS";
export const ENV_WARM_POOLS = "OUTRIGGER_WARM_POOLS";
/** Ours, made by the controller: an agent that gets to know its Workflow later serves the one whose task set says this (LABEL_AGENT). */
export const ENV_AGENT_NAME = "OUTRIGGER_AGENT_NAME";
/** Ours, of a shared agent: which task sets are for it. */
export const ENV_TASK_SETS = "OUTRIGGER_TASK_SETS";

/** Ours, of every process: how much it logs, and where it serves /healthz and /metrics. */
export const ENV_LOG_LEVEL = "OUTRIGGER_LOG_LEVEL";
export const ENV_HTTP_ADDRESS = "OUTRIGGER_HTTP_ADDRESS";
