import type { Draft } from "./draft.ts";
import type { KubeObject, NodeId, OwnerReference, Template, WorkflowStatus } from "@outrigger/types";

/**
 * When a change is applied, relative to saving the Workflow. Work is announced `before`: its node id is deterministic, so doing it
 * twice is harmless. Results leave the task set only `after` the Workflow that holds them is saved.
 */
export type ChangeOrder = "before" | "after";

/**
 * Adds tasks to the Workflow's task set, which is made if it is missing. A task set with tasks to come is not completed: the label
 * that says so, if it is there, goes.
 */
export interface AnnounceTasks {
  readonly kind: "announceTasks";
  readonly order: "before";
  readonly tasks: Readonly<Record<NodeId, Template>>;
  /** Whose task set it is, where it is not for the agent pod of the Workflow's own. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Issues a token for a service account and keeps it under the key `token` of a Secret that the Workflow owns; also renews it. */
export interface IssueToken {
  readonly kind: "issueToken";
  readonly order: "before";
  readonly serviceAccount: string;
  readonly secretName: string;
  readonly lifetimeMs: number;
}

export interface CreateAgentPod {
  readonly kind: "createAgentPod";
  readonly order: "before";
  readonly pod: KubeObject;
}

/** Gives a pod that waited for a Workflow to this one: from then on it is its agent pod, and goes with it. */
export interface ClaimAgentPod {
  readonly kind: "claimAgentPod";
  readonly order: "before";
  readonly name: string;
  /** The very version that waited. */
  readonly resourceVersion: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
}

/** Puts entries into a ConfigMap that is a cache, which is made if it is missing. */
export interface StoreInCache {
  readonly kind: "storeInCache";
  readonly order: "before";
  readonly configMap: string;
  readonly entries: Readonly<Record<string, string>>;
}

/** The checkpoint. */
export interface SaveWorkflow {
  readonly kind: "saveWorkflow";
  readonly order: "save";
  /** Replaces the Workflow's status. */
  readonly status: WorkflowStatus;
  /** Set on the Workflow; null removes one. */
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `now`: the Workflow ended or someone waits to see it. `soon`: the task set can restore what is lost; save at a bounded rate. */
  readonly urgency: "now" | "soon";
  /** Should it be put off: for the next pass, unless the Workflow has been written by then. */
  readonly draft?: Draft;
}

/** Takes tasks and their results, which the saved Workflow holds, out of the task set. */
export interface TrimTaskSet {
  readonly kind: "trimTaskSet";
  readonly order: "after";
  readonly nodeIds: readonly NodeId[];
  /** Also tells the agent that no more tasks come. */
  readonly completes: boolean;
}

export interface DeleteAgentPod {
  readonly kind: "deleteAgentPod";
  readonly order: "after";
  readonly name: string;
  readonly uid: string;
  readonly reason: string;
}

/** Asks the API whether this service account may do what serving the Workflow takes; the answer is in the next World. */
export interface ReviewAgentRights {
  readonly kind: "reviewAgentRights";
  readonly order: "before";
  readonly serviceAccount: string;
}

/** The Workflow itself goes, and with it all that it owns. */
export interface DeleteWorkflow {
  readonly kind: "deleteWorkflow";
  readonly order: "after";
  readonly uid: string;
}

/** A Kubernetes Event on the Workflow. */
export interface EmitEvent {
  readonly kind: "emitEvent";
  readonly order: "after";
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** Look at this Workflow again at that time, if nothing else happens before. */
export interface WakeAt {
  readonly kind: "wakeAt";
  readonly order: "after";
  readonly timeMs: number;
}

/** What the controller shall do. A closed union: applying it is a table with a row for each. */
export type Change =
  | AnnounceTasks
  | IssueToken
  | CreateAgentPod
  | ClaimAgentPod
  | StoreInCache
  | SaveWorkflow
  | TrimTaskSet
  | DeleteAgentPod
  | ReviewAgentRights
  | DeleteWorkflow
  | EmitEvent
  | WakeAt;
