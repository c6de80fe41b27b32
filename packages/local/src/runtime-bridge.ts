import { CONFIG_MAPS, EVENTS, PODS, SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { ISSUER } from "./auth/token-issuer.ts";
import type { TokenIssuer } from "./auth/token-issuer.ts";
import { notFound } from "./errors/refusals.ts";
import { numberAt, objectAt } from "./json/at.ts";
import type { Kind } from "./kinds/kind.ts";
import { findObject, getObject, nameOf, timestamp } from "./objects/cluster-state.ts";
import type { ClusterState } from "./objects/cluster-state.ts";
import { createObject } from "./objects/create-object.ts";
import { deleteObject } from "./objects/delete-object.ts";
import { updateObject } from "./objects/update-object.ts";
import { writeObject } from "./objects/write-object.ts";
import type {
  ObjectName,
  PodApi,
  PodEvent,
  PodListener,
  PodRef,
  ReferencedKind,
  RuntimePodStatus,
  ServiceAccountToken,
  TokenRequest,
  Unsubscribe,
} from "./runtime/pod-api.ts";
import { objectKey } from "./store/stored-object.ts";

const COMPONENT = "outrigger-local";
const REFERENCED: Readonly<Record<ReferencedKind, Resource>> = { ConfigMap: CONFIG_MAPS, Secret: SECRETS };

/** The API as the pod runtime sees it, on the store itself: what a kubelet, and the scheduler of a cluster with one node, would do over HTTP. */
export class RuntimeBridge implements PodApi {
  readonly #state: ClusterState;
  readonly #issuer: TokenIssuer;

  constructor(state: ClusterState, issuer: TokenIssuer) {
    this.#state = state;
    this.#issuer = issuer;
  }

  watchPods(listener: PodListener): Unsubscribe {
    for (const { object } of this.#state.store.collection(PODS.plural).list("")) listener.changed(object);
    return this.#state.store.subscribe(({ type, object }, collection) => {
      if (collection !== PODS.plural) return;
      if (type === "DELETED") listener.removed(object.object);
      else listener.changed(object.object);
    });
  }

  watchObject(name: ObjectName, listener: (object: KubeObject | undefined) => void): Unsubscribe {
    const { plural } = REFERENCED[name.kind];
    const key = objectKey(name.namespace, name.name);
    listener(this.#state.store.collection(plural).get(key)?.object);
    return this.#state.store.subscribe(({ type, object }, collection) => {
      if (collection === plural && object.key === key) listener(type === "DELETED" ? undefined : object.object);
    });
  }

  bindPod(ref: PodRef, nodeName: string): Promise<void> {
    return this.#withPod(ref, (kind, pod) => {
      writeObject(this.#state, kind, { ...pod, spec: { ...objectAt(pod, "spec"), nodeName } });
    });
  }

  writeStatus(ref: PodRef, status: RuntimePodStatus): Promise<void> {
    return this.#withPod(ref, (kind, pod) => {
      updateObject(this.#state, kind, { ...nameOf(pod), subresource: "status" }, (current) => {
        const { object } = kind.decode({ ...jsonOf(current), status: jsonOf(status) });
        return object;
      });
    });
  }

  removePod(ref: PodRef): Promise<void> {
    return this.#withPod(ref, (kind, pod) => {
      deleteObject(this.#state, kind, nameOf(pod), { gracePeriodSeconds: 0, uid: ref.uid });
    });
  }

  issueToken(request: TokenRequest): Promise<ServiceAccountToken> {
    const { pod, serviceAccountName, audiences, expirationSeconds } = request;
    return asPromise(() => {
      const account = getObject(this.#state, this.#kind(SERVICE_ACCOUNTS), {
        namespace: pod.namespace,
        name: serviceAccountName,
      });
      const subject = {
        namespace: pod.namespace,
        serviceAccount: serviceAccountName,
        uid: account.object.metadata.uid ?? "",
        boundTo: { kind: "Pod", name: pod.name, uid: pod.uid },
      };
      return this.#issuer.issue(subject, audiences.length === 0 ? [ISSUER] : audiences, expirationSeconds);
    });
  }

  recordEvent(ref: PodRef, event: PodEvent): Promise<void> {
    return asPromise(() => {
      const kind = this.#kind(EVENTS);
      const name = eventName(ref, event);
      const now = timestamp(this.#state);
      const known = findObject(this.#state, kind, { namespace: ref.namespace, name });
      if (known === undefined) {
        createObject(this.#state, kind, newEvent(ref, event, { name, now }), ref);
        return;
      }
      updateObject(this.#state, kind, nameOf(known.object), (current) => ({
        ...current,
        count: (numberAt(current, "count") ?? 0) + 1,
        lastTimestamp: now,
      }));
    });
  }

  #kind(resource: Resource): Kind {
    const kind = this.#state.kinds.find(resource);
    if (kind === undefined) throw notFound({ group: resource.group, name: resource.plural }, "");
    return kind;
  }

  /** Nothing happens where that very pod is no more. */
  #withPod(ref: PodRef, run: (kind: Kind, pod: KubeObject) => void): Promise<void> {
    return asPromise(() => {
      const kind = this.#kind(PODS);
      const pod = findObject(this.#state, kind, ref)?.object;
      if (pod?.metadata.uid === ref.uid) run(kind, pod);
    });
  }
}

/** The same event of the same pod is counted, not told again. */
function eventName(ref: PodRef, event: PodEvent): string {
  const text = `${ref.uid}/${event.type}/${event.reason}/${event.message}`;
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return `${ref.name}.${hash.toString(16)}`;
}

function newEvent(ref: PodRef, event: PodEvent, of: { readonly name: string; readonly now: string }): KubeObject {
  const { namespace, name, uid } = ref;
  return {
    apiVersion: "v1",
    kind: EVENTS.kind,
    metadata: { name: of.name, namespace },
    involvedObject: { kind: PODS.kind, apiVersion: "v1", namespace, name, uid },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: COMPONENT },
    firstTimestamp: of.now,
    lastTimestamp: of.now,
    count: 1,
    eventTime: null,
    reportingComponent: COMPONENT,
    reportingInstance: "",
  };
}

function asPromise<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(run());
  });
}

function jsonOf(value: object): Parameters<Kind["decode"]>[0] {
  return value as Parameters<Kind["decode"]>[0];
}
