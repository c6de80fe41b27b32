import type { JsonObject } from "./parse/json.ts";
import { boolean, integer, jsonObject, list, object, oneOf, record, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import type { NodeId } from "./ids.ts";
import { hooksParser } from "./lifecycle-hook.ts";
import type { LifecycleHook } from "./lifecycle-hook.ts";
import { objectMetaParser } from "./meta.ts";
import type { ObjectMeta } from "./meta.ts";
import { nodesParser } from "./node-status.ts";
import type { NodeStatus } from "./node-status.ts";
import { inputsParser, outputsParser } from "./parameter.ts";
import type { Arguments, Outputs } from "./parameter.ts";
import { WORKFLOW_PHASES } from "./phases.ts";
import type { WorkflowPhase } from "./phases.ts";
import { executorPluginEntryParser } from "./plugin/manifest.ts";
import type { ExecutorPluginEntry } from "./plugin/manifest.ts";
import { retryStrategyParser } from "./retry-strategy.ts";
import type { RetryStrategy } from "./retry-strategy.ts";
import { templateParser } from "./template.ts";
import type { Template, TemplateMetadata } from "./template.ts";

export const SHUTDOWN_STRATEGIES = ["Stop", "Terminate"] as const;
export type ShutdownStrategy = (typeof SHUTDOWN_STRATEGIES)[number];

/** What we read of `spec`. Fields that are not listed travel along; whether they work is the engine's to say. */
export interface WorkflowSpec {
  readonly entrypoint?: string;
  readonly templates?: readonly Template[];
  readonly arguments?: Arguments;
  readonly onExit?: string;
  readonly hooks?: Readonly<Record<string, LifecycleHook>>;
  /** For templates that have none of their own. */
  readonly retryStrategy?: RetryStrategy;
  /** How long the Workflow may run, in seconds; the exit handler is not counted. */
  readonly activeDeadlineSeconds?: number;
  /** How many plugin calls of the Workflow may run at a time. */
  readonly parallelism?: number;
  readonly serviceAccountName?: string;
  readonly suspend?: boolean;
  readonly shutdown?: ShutdownStrategy;
  /** Workflow-level plugins: they replace the discovered set. */
  readonly executorPlugins?: readonly ExecutorPluginEntry[];
  /** For the agent pod, as Kubernetes defines them. */
  readonly imagePullSecrets?: readonly JsonObject[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: JsonObject;
  readonly tolerations?: readonly JsonObject[];
  readonly dnsPolicy?: string;
  readonly dnsConfig?: JsonObject;
  readonly podMetadata?: TemplateMetadata;
  /** YAML or JSON, merged into the spec of the agent pod. */
  readonly podSpecPatch?: string;
  readonly ttlStrategy?: TtlStrategy;
  /** What is run stands there; this Workflow may add to it. */
  readonly workflowTemplateRef?: WorkflowTemplateRef;
  /** What every template says that does not say otherwise. */
  readonly templateDefaults?: Template;
  /** Set on the Workflow when it begins. */
  readonly workflowMetadata?: WorkflowMetadata;
}

export interface WorkflowMetadata extends TemplateMetadata {
  /** Labels whose value an expression gives. */
  readonly labelsFrom?: Readonly<Record<string, { readonly expression: string }>>;
}

/** A WorkflowTemplate or ClusterWorkflowTemplate. */
export interface WorkflowTemplateRef {
  readonly name: string;
  readonly clusterScope?: boolean;
}

/** How long an ended Workflow stays, in seconds; without any, for ever. */
export interface TtlStrategy {
  readonly secondsAfterCompletion?: number;
  readonly secondsAfterSuccess?: number;
  /** Failed or Error. */
  readonly secondsAfterFailure?: number;
}

export interface WorkflowCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

export interface WorkflowStatus {
  readonly phase?: WorkflowPhase;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly progress?: string;
  readonly nodes?: Readonly<Record<NodeId, NodeStatus>>;
  /** `nodes`, gzip and base64, where they would be larger than 1 MiB. */
  readonly compressedNodes?: string;
  readonly conditions?: readonly WorkflowCondition[];
  readonly outputs?: Outputs;
  /** Templates of WorkflowTemplates as they were when the Workflow began, by `namespaced/<name>/<template>` or `cluster/…`. */
  readonly storedTemplates?: Readonly<Record<string, Template>>;
  /** What is run where `workflowTemplateRef` is set: both specs in one, as they were when the Workflow began. */
  readonly storedWorkflowTemplateSpec?: WorkflowSpec;
}

export interface Workflow {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
  readonly status?: WorkflowStatus;
}

export const workflowSpecParser: Parser<WorkflowSpec> = object<WorkflowSpec>({
  entrypoint: string,
  templates: list(templateParser),
  arguments: inputsParser,
  onExit: string,
  hooks: hooksParser,
  retryStrategy: retryStrategyParser,
  activeDeadlineSeconds: integer,
  parallelism: integer,
  serviceAccountName: string,
  suspend: boolean,
  shutdown: oneOf(...SHUTDOWN_STRATEGIES),
  executorPlugins: list(executorPluginEntryParser),
  imagePullSecrets: list(jsonObject),
  nodeSelector: record(string),
  affinity: jsonObject,
  tolerations: list(jsonObject),
  dnsPolicy: string,
  dnsConfig: jsonObject,
  podSpecPatch: string,
  podMetadata: object<TemplateMetadata>({ labels: record(string), annotations: record(string) }),
  ttlStrategy: object<TtlStrategy>({
    secondsAfterCompletion: integer,
    secondsAfterSuccess: integer,
    secondsAfterFailure: integer,
  }),
  workflowTemplateRef: object<WorkflowTemplateRef>({ name: string, clusterScope: boolean }, { required: ["name"] }),
  templateDefaults: templateParser,
  workflowMetadata: object<WorkflowMetadata>({
    labels: record(string),
    annotations: record(string),
    labelsFrom: record(object<{ readonly expression: string }>({ expression: string }, { required: ["expression"] })),
  }),
});

const conditionParser: Parser<WorkflowCondition> = object<WorkflowCondition>(
  { type: string, status: string, message: string },
  { required: ["type", "status"] },
);

export const workflowStatusParser: Parser<WorkflowStatus> = object<WorkflowStatus>({
  phase: oneOf(...WORKFLOW_PHASES),
  message: string,
  startedAt: string,
  finishedAt: string,
  progress: string,
  nodes: nodesParser,
  compressedNodes: string,
  conditions: list(conditionParser),
  outputs: outputsParser,
  storedTemplates: record(templateParser),
  storedWorkflowTemplateSpec: workflowSpecParser,
});

export const workflowParser: Parser<Workflow> = object<Workflow>(
  {
    apiVersion: string,
    kind: string,
    metadata: objectMetaParser,
    spec: workflowSpecParser,
    status: workflowStatusParser,
  },
  { required: ["metadata", "spec"] },
);

/** `namespace/name`: how a Workflow is named in queues and logs. */
export function workflowKey(metadata: ObjectMeta): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}
