import type { KubeObject, PodStatus } from "@outrigger/types";
import type { Resource } from "@outrigger/kube";

export interface PodEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly pod: KubeObject;
}

export interface TokenOptions {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly expirationSeconds: number;
  readonly audience?: string;
}

/**
 * What the runtime needs of the API, as a kubelet would: pods to run, objects that pods refer to, and a place for their status.
 * Calls are synchronous: the store lives in the same process.
 */
export interface PodApi {
  /** Calls the listener for every pod there is, then for every change, in order. Answers how to stop. */
  watchPods(listener: (event: PodEvent) => void): () => void;
  getObject(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Replaces a pod's status; nothing happens if that very pod is gone. */
  writePodStatus(pod: KubeObject, status: PodStatus): void;
  /** Takes away a pod whose deletion was asked for, once its processes have ended. */
  removePod(pod: KubeObject): void;
  issueToken(options: TokenOptions): string;
  /** A Kubernetes Event on the pod. */
  emitEvent(
    pod: KubeObject,
    event: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
  ): void;
}
