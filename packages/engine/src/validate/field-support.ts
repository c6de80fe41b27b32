/** What becomes of a field of a Workflow. */
export type Support =
  | "works"
  /** A Workflow that sets it is refused, since leaving it out of account would change what the Workflow does. */
  | "refused"
  /** Accepted and not acted upon: what the steps do is the same without it. */
  | "harmless";

export interface FieldSupport {
  readonly support: Support;
  /** For `works`, what is special about it, if anything; otherwise why. */
  readonly reason: string;
}

export type FieldTable = Readonly<Record<string, FieldSupport>>;

function works(reason = ""): FieldSupport {
  return { support: "works", reason };
}

function refused(reason: string): FieldSupport {
  return { support: "refused", reason };
}

function harmless(reason: string): FieldSupport {
  return { support: "harmless", reason };
}

const NO_ARTIFACTS = "artifacts are not passed on: no plugin protocol carries them yet";
const OWN_POD = "plugin steps share the agent pod, steps of the other kinds have none";
const POD_OF_STEP = `describes the pod of a container step; ${OWN_POD}`;
const NOT_RUN = "templates of this kind are not run yet";

const SPEC: FieldTable = {
  entrypoint: works(),
  templates: works(),
  arguments: works(),
  onExit: works(),
  serviceAccountName: works("account of the agent pod"),
  suspend: works("holds the Workflow back as long as it is true"),
  shutdown: works("Stop lets the exit handler run, Terminate does not"),
  executorPlugins: works("replace the installed plugins; the controller has to allow it"),
  imagePullSecrets: works("agent pod"),
  nodeSelector: works("agent pod"),
  affinity: works("agent pod"),
  tolerations: works("agent pod"),
  schedulerName: works("agent pod"),
  podPriorityClassName: works("agent pod"),
  hostAliases: works("agent pod"),
  dnsPolicy: works("agent pod"),
  dnsConfig: works("agent pod"),
  securityContext: works("agent pod; replaces its own"),
  podMetadata: works("agent pod"),
  podSpecPatch: works("agent pod; YAML or JSON, merged as Kubernetes merges: lists such as containers by name"),
  ttlStrategy: works("an ended Workflow is deleted when its time has come"),
  priority: works("known as {{workflow.priority}}; Workflows are not queued"),
  activeDeadlineSeconds: works("in every phase; the exit handler still runs"),
  hooks: works(),
  parallelism: works("counts plugin and http calls, hooks apart"),
  retryStrategy: works("for templates without one of their own"),
  synchronization: refused("locks would not be taken"),
  templateDefaults: works("what a template says itself wins; a default body counts for templates of that kind"),
  workflowMetadata: works("set when the Workflow begins; labelsFrom takes expressions"),
  workflowTemplateRef: works("both specs in one, what the Workflow says wins; kept as it is when the Workflow begins"),
  archiveLogs: harmless("logs of container steps"),
  artifactGC: harmless("there are no artifacts to collect"),
  artifactRepositoryRef: harmless("there are no artifacts to store"),
  automountServiceAccountToken: harmless("the agent pod mounts exactly the token that it needs"),
  executor: harmless("the executor of container steps"),
  hostNetwork: harmless("not applied to agent pods, in Argo neither"),
  metrics: harmless("measures, does not act"),
  podDisruptionBudget: harmless("an evicted agent pod is replaced"),
  podGC: harmless("container pods; the agent pod goes a while after the end"),
  podResources: harmless("container pods"),
  resourceClaims: harmless("container pods"),
  volumeClaimGC: harmless("container pods"),
  volumeClaimTemplates: harmless("container pods"),
  volumes: harmless("container pods"),
};

const TEMPLATE: FieldTable = {
  name: works(),
  inputs: works(),
  outputs: works(),
  metadata: works("sent to the plugin"),
  plugin: works(),
  steps: works(),
  dag: works(),
  suspend: works(),
  memoize: works("in a ConfigMap that Argo can share; what is remembered in the meantime is found at once"),
  http: works("the agent makes the request"),
  container: refused(NOT_RUN),
  containerSet: refused(NOT_RUN),
  script: refused(NOT_RUN),
  resource: refused(NOT_RUN),
  data: refused(NOT_RUN),
  activeDeadlineSeconds: works("in every phase, of steps and DAGs too"),
  daemon: refused("there are no daemons among plugin steps"),
  failFast: works("gives up what parallelism holds back once something has failed"),
  parallelism: works("direct steps, tasks and iterations; a step with retries counts once"),
  pendingTimeout: works(),
  podResources: refused("cannot hold for a step without a pod of its own, in Argo neither"),
  resourceClaims: refused("cannot hold for a step without a pod of its own, in Argo neither"),
  retryStrategy: works("limit, retryPolicy, backoff and expression; there is no node to avoid by affinity"),
  synchronization: refused("locks would not be taken"),
  timeout: works("in every phase, of steps and DAGs too; of each attempt by itself"),
  affinity: harmless(POD_OF_STEP),
  annotations: harmless("display names and the like"),
  archiveLocation: harmless("there are no artifacts to store"),
  automountServiceAccountToken: harmless(POD_OF_STEP),
  executor: harmless(POD_OF_STEP),
  hostAliases: harmless(POD_OF_STEP),
  initContainers: harmless(POD_OF_STEP),
  metrics: harmless("measures, does not act"),
  nodeSelector: harmless(POD_OF_STEP),
  podSpecPatch: harmless(POD_OF_STEP),
  priorityClassName: harmless(POD_OF_STEP),
  schedulerName: harmless(POD_OF_STEP),
  securityContext: harmless(POD_OF_STEP),
  serviceAccountName: harmless(POD_OF_STEP),
  sidecars: harmless(POD_OF_STEP),
  tolerations: harmless(POD_OF_STEP),
  volumes: harmless(POD_OF_STEP),
};

const STEP: FieldTable = {
  name: works(),
  template: works(),
  inline: works(),
  arguments: works(),
  when: works(),
  withItems: works(),
  withParam: works(),
  withSequence: works("at most 100,000 items, as for all loops"),
  continueOn: works(),
  hooks: works(),
  onExit: works("the older way to write hooks.exit"),
  templateRef: works("of WorkflowTemplates and ClusterWorkflowTemplates, as they are when the Workflow begins"),
};

const TASK: FieldTable = { ...STEP, dependencies: works(), depends: works() };

const PARAMETER: FieldTable = {
  name: works(),
  value: works(),
  default: works(),
  enum: works("of arguments and inputs"),
  valueFrom: works(),
  globalName: works("the output is {{workflow.outputs.parameters.…}} everywhere, and stands in status.outputs"),
  description: harmless("for people"),
};

const VALUE_FROM: FieldTable = {
  parameter: works("outputs of steps and tasks"),
  path: works("declares an output that the plugin supplies"),
  default: works("where an output is missing, or the node was skipped"),
  supplied: works("outputs of suspend templates, given when someone resumes them"),
  configMapKeyRef: works(
    "of arguments and inputs; the ConfigMap needs the label workflows.argoproj.io/configmap-type: Parameter",
  ),
  event: refused("there are no WorkflowEventBindings"),
  expression: works("outputs of steps and tasks"),
  jqFilter: harmless("a plugin supplies its outputs itself"),
  jsonPath: harmless("a plugin supplies its outputs itself"),
};

/**
 * Each field of a Workflow that Argo knows, by the object that it stands in. A field that is in no table is no field of Argo's and
 * is refused: most likely a typing error.
 */
export const FIELD_SUPPORT = {
  spec: SPEC,
  template: TEMPLATE,
  step: STEP,
  task: TASK,
  templateRef: { name: works("of the WorkflowTemplate"), template: works(), clusterScope: works() },
  workflowTemplateRef: { name: works(), clusterScope: works() },
  workflowMetadata: { labels: works(), annotations: works(), labelsFrom: works() },
  labelFrom: { expression: works("gives the label's value") },
  podMetadata: { labels: works(), annotations: works() },
  dag: { tasks: works(), target: works(), failFast: works() },
  http: {
    url: works(),
    method: works("GET where it is not given"),
    headers: works(),
    body: works(),
    timeoutSeconds: works("30 where it is not given"),
    successCondition: works("an expression over `request` and `response`; a status of 2xx where it is not given"),
    insecureSkipVerify: works("certificates are not checked"),
    bodyFrom: refused("bytes in base64 are not sent; give the text as body"),
  },
  httpHeader: { name: works(), value: works(), valueFrom: works("`secretKeyRef`: the agent reads the Secret") },
  suspend: { duration: works("seconds, or a duration such as 2m") },
  inputs: { parameters: works(), artifacts: refused(NO_ARTIFACTS) },
  arguments: { parameters: works(), artifacts: refused(NO_ARTIFACTS) },
  outputs: {
    parameters: works(),
    artifacts: refused(NO_ARTIFACTS),
    result: harmless("what a step has answered stands in its node"),
    exitCode: harmless("what a step has answered stands in its node"),
  },
  parameter: PARAMETER,
  valueFrom: VALUE_FROM,
  memoize: { key: works(), maxAge: works("a duration such as 24h; without one, for ever"), cache: works() },
  configMapKeyRef: {
    name: works(),
    key: works(),
    optional: harmless("valueFrom.default says what happens without it"),
  },
  withSequence: { count: works(), start: works(), end: works(), format: works() },
  continueOn: { error: works(), failed: works() },
  hook: {
    template: works(),
    arguments: works(),
    expression: works("when the hook runs; an exit hook without one always does"),
    templateRef: works(),
  },
  retryStrategy: {
    limit: works(),
    retryPolicy: works("Always, OnFailure, OnError, OnTransientError"),
    expression: works(),
    backoff: works(),
    affinity: harmless("attempts share the agent pod"),
  },
  backoff: { duration: works(), factor: works(), cap: works(), maxDuration: works() },
} as const satisfies Readonly<Record<string, FieldTable>>;

export type FieldOwner = keyof typeof FIELD_SUPPORT;
