/** Argo's labels and annotations: the same, so that either side can be swapped. */
export const LABEL_WORKFLOW = "workflows.argoproj.io/workflow";
export const LABEL_PHASE = "workflows.argoproj.io/phase";
export const LABEL_COMPLETED = "workflows.argoproj.io/completed";
export const LABEL_COMPONENT = "workflows.argoproj.io/component";
export const LABEL_INSTANCE_ID = "workflows.argoproj.io/controller-instanceid";
export const LABEL_CONFIGMAP_TYPE = "workflows.argoproj.io/configmap-type";
export const CONFIGMAP_TYPE_EXECUTOR_PLUGIN = "ExecutorPlugin";
export const COMPONENT_AGENT = "agent";

export const ANNOTATION_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
export const ANNOTATION_PLUGIN_DESCRIPTION = "workflows.argoproj.io/description";
export const ANNOTATION_PLUGIN_VERSION = "workflows.argoproj.io/version";

/** Ours. One process of this plugin may serve many workflows. */
export const ANNOTATION_STATELESS = "outrigger.dev/stateless";
/** Ours. On a laptop, the command that stands in for the entrypoint of the container's image; run in the plugin's folder. */
export const ANNOTATION_LOCAL_COMMAND = "outrigger.dev/local-command";
/** Ours, written by `outrigger run` and `dev`: the folder that a plugin came from, working directory of its local command. */
export const ANNOTATION_LOCAL_FOLDER = "outrigger.dev/local-folder";

export const ARGO_GROUP = "argoproj.io";
export const ARGO_API_VERSION = "argoproj.io/v1alpha1";

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
