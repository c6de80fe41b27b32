import type { ContainerStatus, KubeObject, PodCondition, PodStatus } from "@outrigger/types";

/** One pod; not a later one of the same name. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A pod's status as the runtime writes it: whole, never parts of it. */
export interface RuntimePodStatus extends PodStatus {
  readonly phase: string;
  readonly conditions: readonly PodCondition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly qosClass: string;
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
}

export interface PodListener {
  /** The pod is there, in this form: called for every pod that exists at first, then at each change. */
  changed(pod: KubeObject): void;
  /** The pod is gone from the API, whoever removed it. */
  removed(pod: KubeObject): void;
}

export type ReferencedKind = "Secret" | "ConfigMap";

export interface ObjectName {
  readonly kind: ReferencedKind;
  readonly namespace: string;
  readonly name: string;
}

export interface TokenRequest {
  readonly pod: PodRef;
  readonly serviceAccountName: string;
  /** Empty for the API's own audience. */
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
}

export interface ServiceAccountToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface PodEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export type Unsubscribe = () => void;

/**
 * The API server as the pod runtime sees it. Calls about a pod that is no more (by uid) do nothing. A rejected promise is logged
 * and, where it matters, tried again; it never ends the runtime.
 */
export interface PodApi {
  watchPods(listener: PodListener): Unsubscribe;
  /** Calls `listener` with the object as it is now, undefined if there is none, and again at each change. */
  watchObject(object: ObjectName, listener: (object: KubeObject | undefined) => void): Unsubscribe;
  /** Sets `spec.nodeName`: the pod has its place. */
  bindPod(pod: PodRef, nodeName: string): Promise<void>;
  writeStatus(pod: PodRef, status: RuntimePodStatus): Promise<void>;
  /** The last step of a deletion: nothing of the pod runs any more. */
  removePod(pod: PodRef): Promise<void>;
  issueToken(request: TokenRequest): Promise<ServiceAccountToken>;
  recordEvent(pod: PodRef, event: PodEvent): Promise<void>;
}
