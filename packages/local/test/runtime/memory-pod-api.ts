import type { KubeObject } from "@outrigger/types";
import type {
  ObjectName,
  PodApi,
  PodEvent,
  PodListener,
  PodRef,
  RuntimePodStatus,
  ServiceAccountToken,
  TokenRequest,
  Unsubscribe,
} from "../../src/runtime/pod-api.ts";

type ObjectListener = Parameters<PodApi["watchObject"]>[1];

/** The API server as the runtime sees it, in memory. */
export class MemoryPodApi implements PodApi {
  readonly pods = new Map<string, KubeObject>();
  readonly events: (PodEvent & { readonly pod: string })[] = [];
  readonly issued: TokenRequest[] = [];
  /** What `issueToken` answers. */
  token: (request: TokenRequest) => ServiceAccountToken = ({ serviceAccountName }) => ({
    token: `token-of-${serviceAccountName}`,
    expiresAtMs: Number.POSITIVE_INFINITY,
  });

  readonly #listeners = new Set<PodListener>();
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Map<string, Set<ObjectListener>>();
  readonly #waiters = new Set<() => void>();

  /** Stores the pod and tells of it. */
  put(pod: KubeObject): void {
    this.pods.set(pod.metadata.name ?? "", pod);
    for (const listener of this.#listeners) listener.changed(pod);
    this.#wake();
  }

  /** As an API server does: the pod goes when the runtime says so, or at once without a grace period. */
  delete(name: string, gracePeriodSeconds: number): void {
    const pod = this.pods.get(name);
    if (pod === undefined) return;
    if (gracePeriodSeconds === 0) this.#drop(name);
    else {
      const deletion = { deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: gracePeriodSeconds };
      this.put({ ...pod, metadata: { ...pod.metadata, ...deletion } });
    }
  }

  putObject(kind: ObjectName["kind"], name: string, data: Readonly<Record<string, string>> | undefined): void {
    const encoded = Object.entries(data ?? {}).map(([key, text]) => [key, kind === "Secret" ? btoa(text) : text]);
    const key = `${kind}/${name}`;
    if (data === undefined) this.#objects.delete(key);
    else this.#objects.set(key, { kind, metadata: { name }, data: Object.fromEntries(encoded) });
    for (const listener of this.#watches.get(key) ?? []) listener(this.#objects.get(key));
  }

  watchPods(listener: PodListener): Unsubscribe {
    this.#listeners.add(listener);
    for (const pod of this.pods.values()) listener.changed(pod);
    return () => void this.#listeners.delete(listener);
  }

  watchObject({ kind, name }: ObjectName, listener: ObjectListener): Unsubscribe {
    const key = `${kind}/${name}`;
    const listeners = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, listeners.add(listener));
    listener(this.#objects.get(key));
    return () => void listeners.delete(listener);
  }

  async bindPod({ name }: PodRef, nodeName: string): Promise<void> {
    const pod = this.pods.get(name);
    if (pod !== undefined) this.put({ ...pod, spec: { ...(pod["spec"] as object), nodeName } });
  }

  async writeStatus({ name, uid }: PodRef, status: RuntimePodStatus): Promise<void> {
    const pod = this.pods.get(name);
    if (pod?.metadata.uid === uid) this.put({ ...pod, status });
  }

  async removePod({ name, uid }: PodRef): Promise<void> {
    if (this.pods.get(name)?.metadata.uid === uid) this.#drop(name);
  }

  async issueToken(request: TokenRequest): Promise<ServiceAccountToken> {
    this.issued.push(request);
    return this.token(request);
  }

  async recordEvent({ name }: PodRef, event: PodEvent): Promise<void> {
    this.events.push({ ...event, pod: name });
    this.#wake();
  }

  status(name: string): RuntimePodStatus | undefined {
    return this.pods.get(name)?.["status"] as RuntimePodStatus | undefined;
  }

  /** Resolves when `found` answers something, asked after each change. */
  until<T>(found: () => T): Promise<Exclude<T, undefined | false>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = found();
        if (value === undefined || value === false) return;
        clearTimeout(limit);
        this.#waiters.delete(look);
        resolve(value as Exclude<T, undefined | false>);
      };
      const giveUp = (): void =>
        reject(new Error(`never came to pass; pods: ${JSON.stringify([...this.pods.values()], null, 1)}`));
      const limit = setTimeout(giveUp, 10_000);
      this.#waiters.add(look);
      look();
    });
  }

  #drop(name: string): void {
    const pod = this.pods.get(name);
    this.pods.delete(name);
    if (pod !== undefined) for (const listener of this.#listeners) listener.removed(pod);
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }
}
