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
