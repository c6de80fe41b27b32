/** Argo's labels and annotations: the same, so that either side can be swapped. */
export const LABEL_WORKFLOW = "workflows.argoproj.io/workflow";
export const LABEL_WORKFLOW_TEMPLATE = "workflows.argoproj.io/workflow-template";
export const LABEL_CLUSTER_WORKFLOW_TEMPLATE = "workflows.argoproj.io/cluster-workflow-template";
export const LABEL_PHASE = "workflows.argoproj.io/phase";
export const LABEL_COMPLETED = "workflows.argoproj.io/completed";
export const LABEL_COMPONENT = "workflows.argoproj.io/component";
export const LABEL_INSTANCE_ID = "workflows.argoproj.io/controller-instanceid";
export const LABEL_ARCHIVING_STATUS = "workflows.argoproj.io/workflow-archiving-status";
/** On a Workflow that was resubmitted: the name of the one before. */
export const LABEL_RESUBMITTED_FROM = "workflows.argoproj.io/resubmitted-from-workflow";
export const LABEL_CONFIGMAP_TYPE = "workflows.argoproj.io/configmap-type";
export const CONFIGMAP_TYPE_EXECUTOR_PLUGIN = "ExecutorPlugin";
export const CONFIGMAP_TYPE_CACHE = "Cache";
export const CONFIGMAP_TYPE_PARAMETER = "Parameter";
export const COMPONENT_AGENT = "agent";

/** Selects what belongs to an instance; without one, what belongs to none. */
export function instanceSelector(instanceId: string | undefined): string {
  return instanceId === undefined ? `!${LABEL_INSTANCE_ID}` : `${LABEL_INSTANCE_ID}=${instanceId}`;
}

export const ANNOTATION_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
export const ANNOTATION_PLUGIN_DESCRIPTION = "workflows.argoproj.io/description";
export const ANNOTATION_PLUGIN_VERSION = "workflows.argoproj.io/version";

/** Ours, on a task set: who serves it, where that is no agent pod made for it: the name of a warm one, or the shared agent. */
export const LABEL_AGENT = "outrigger.dev/agent";
export const AGENT_SHARED = "shared";
/**
 * Ours, on a task set: steps that are answered and not saved yet, as `{spec: {tasks}, status: {nodes}}` in JSON, compressed with gzip and
 * encoded as base64 (ADR 0012).
 */
export const ANNOTATION_ANSWERED = "outrigger.dev/answered";
/**
 * Ours, on a Workflow: how often it has been retried by hand; the controller counts. Also in the tasks of such a Workflow, whose nodes have
 * the ids of the time before: it keeps their calls, and what comes of these, apart.
 */
export const ANNOTATION_RETRIES = "outrigger.dev/retries";
/** Ours, on an agent pod that was started before its Workflow: the hash of all that it was made of. */
export const LABEL_WARM_POOL = "outrigger.dev/warm-pool";

/** Ours. One process of this plugin may serve many workflows. */
export const ANNOTATION_STATELESS = "outrigger.dev/stateless";
/** Ours. On a laptop, the command that stands in for the entrypoint of the container's image; run in the plugin's folder. */
export const ANNOTATION_LOCAL_COMMAND = "outrigger.dev/local-command";
/** Ours, written by `outrigger run` and `dev`: the folder that a plugin came from, working directory of its local command. */
export const ANNOTATION_LOCAL_FOLDER = "outrigger.dev/local-folder";
/** Ours, on the plugin's ConfigMap: a JSON Schema (2020-12), as JSON text, of what stands below the plugin's key in a template. */
export const ANNOTATION_INPUT_SCHEMA = "outrigger.dev/input-schema";
/**
 * Ours, on the plugin's ConfigMap: an `execute` that may have reached the plugin is never made again. After a crash in between, the
 * step fails and says so.
 */
export const ANNOTATION_AT_MOST_ONCE = "outrigger.dev/at-most-once";

/** Ours, on the plugin's ConfigMap: how long one call may take; a Go duration. Default: the agent's, 30s. */
export const ANNOTATION_CALL_TIMEOUT = "outrigger.dev/call-timeout";

/**
 * Ours, in `metadata.annotations` of a task (ADR 0008): what the agent is told beside the template. The agent takes them out before it
 * calls a plugin. All are optional; Argo's controller writes none, Argo's agent passes them on.
 */
export const TASK_ATTEMPT = "outrigger.dev/attempt";
/** The node's name, where limits hold nodes back: it tells which of those that the task is part of have started. */
export const TASK_NODE_NAME = "outrigger.dev/node-name";
/** RFC 3339: when the controller will end the node, whatever comes. */
export const TASK_DEADLINE = "outrigger.dev/deadline";
/** Why the task is no longer wanted. The agent ends the call, tells the plugin (`template.cancel`) and reports what that answers. */
export const TASK_CANCEL = "outrigger.dev/cancel";
/** RFC 3339: how long the controller waits for that report. */
export const TASK_CANCEL_UNTIL = "outrigger.dev/cancel-until";

export const ARGO_GROUP = "argoproj.io";
export const ARGO_API_VERSION = "argoproj.io/v1alpha1";
