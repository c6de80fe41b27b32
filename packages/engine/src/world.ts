import type { CallRules, Pod, Sidecar, WorkflowSpec, WorkflowTaskSet } from "@outrigger/types";
import type { ConfigMaps } from "./config-maps/config-maps.ts";
import type { Draft } from "./draft.ts";
import type { Outcome } from "./outcome.ts";

/** A plugin that the Workflow may use: those of its own namespace win over those of the installation's. */
export interface InstalledPlugin {
  /** Without `-executor-plugin`. */
  readonly name: string;
  /** Where its ConfigMap stands. */
  readonly namespace: string;
  readonly sidecar: Sidecar;
  /** One process of it may serve many Workflows. */
  readonly isStateless?: boolean;
  /** How it may be called, where that is not as for all. */
  readonly callRules?: CallRules;
}

/** How agent pods are made. */
export interface AgentPodConfig {
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
  readonly command: readonly string[];
  /** Passed on to `init` and `main` beside Argo's own variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly cpuLimit: string;
  readonly memoryLimit: string;
  /** How long the pod of an ended Workflow stays, for its logs. */
  readonly lingerMs: number;
  /** How long a task that is no longer wanted may take to end. */
  readonly cancelGraceMs: number;
}

/** Settings of the controller that decisions depend on; complete, defaults are filled in elsewhere. */
export interface EngineConfig {
  readonly pluginsEnabled: boolean;
  readonly workflowLevelPluginsEnabled: boolean;
  /** Which plugins an agent pod carries: those that the Workflow names, or (Argo's way) all that are installed. */
  readonly agentPlugins: "used" | "all";
  /** Which Workflows get agent pods: all, those that use a plugin which is not stateless, none. Others are for a shared agent. */
  readonly agentPods: "create" | "stateful" | "none";
  readonly instanceId?: string | undefined;
  /** Of calls that are not answered, as many of one Workflow are in its task set at a time; the others wait. */
  readonly maxOpenTasks: number;
  readonly agent: AgentPodConfig;
}

/** A token that the controller had issued for a plugin's service account; kept in a Secret of the Workflow. */
export interface IssuedToken {
  readonly secretName: string;
  readonly expiresAtMs: number;
  /** Lets the engine renew after two thirds of the token's life, whatever life the API granted. */
  readonly issuedAtMs?: number | undefined;
}

/**
 * WorkflowTemplates by their scope, `namespaced/<name>` or `cluster/<name>`: what stands in them, or why that cannot be read. Undefined:
 * there is none.
 */
export type WorkflowTemplates = Pick<ReadonlyMap<string, Outcome<WorkflowSpec> | undefined>, "get">;

/** What the API said about the service account of an agent pod. */
export interface AgentRights {
  /** What it may not do, of what serving a Workflow takes: `list workflowtasksets`. */
  readonly missing: readonly string[];
  readonly askedAtMs: number;
}

/**
 * Everything beside the Workflow that a decision may look at: one frozen snapshot. What is not in here does not exist for the
 * engine; it has no clock of its own.
 */
export interface World {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly taskSet: WorkflowTaskSet | undefined;
  readonly agentPod: Pod | undefined;
  /** Where there is no agent pod: one that waits for a Workflow like this, and is kept for it during this pass. */
  readonly warmPod?: Pod | undefined;
  /** Ordered by name; at most one of a name. */
  readonly plugins: readonly InstalledPlugin[];
  /** Where plugins were looked for, for messages. */
  readonly pluginNamespaces?: readonly string[] | undefined;
  /** Names out of `secretsOfInterest(workflow, plugins, config)` that exist in the Workflow's namespace. */
  readonly secrets: ReadonlySet<string>;
  /** Why it cannot be known which exist. */
  readonly secretsProblem?: string | undefined;
  /** The tokens that were issued into such Secrets. */
  readonly issuedTokens: readonly IssuedToken[];
  /** What the account of the agent pod lacks, if that was asked lately (`reviewAgentRights`). */
  readonly agentRights?: AgentRights | undefined;
  /** Why the API refused what was last asked of it for this Workflow: a missing permission, a pod that a policy rejects. */
  readonly problem?: string | undefined;
  /** Those that a Workflow refers to when it begins. */
  readonly workflowTemplates?: WorkflowTemplates | undefined;
  /** Those that may hold parameters or remembered outputs. */
  readonly configMaps?: ConfigMaps | undefined;
  /** What the pass before has come to, if the Workflow is still saved as it was then. */
  readonly draft?: Draft | undefined;
  readonly config: EngineConfig;
}
