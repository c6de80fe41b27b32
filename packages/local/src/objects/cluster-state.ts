import type { Clock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { notFound } from "../errors/refusals.ts";
import { resourceName } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import type { KindRegistry } from "../kinds/kind-registry.ts";
import { objectKey } from "../store/stored-object.ts";
import type { StoredObject } from "../store/stored-object.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** All that the operations on objects work on. They are synchronous: each runs to its end before the next begins. */
export interface ClusterState {
  readonly store: ObjectStore;
  readonly kinds: KindRegistry;
  readonly clock: Clock;
}

/** Names one object of a kind. */
export interface ObjectName {
  readonly namespace: string | undefined;
  readonly name: string;
}

export function findObject(state: ClusterState, kind: Kind, name: ObjectName): StoredObject | undefined {
  return state.store.collection(kind.collection).get(objectKey(name.namespace, name.name));
}

export function getObject(state: ClusterState, kind: Kind, name: ObjectName): StoredObject {
  const found = findObject(state, kind, name);
  if (found === undefined) throw notFound(resourceName(kind), name.name);
  return found;
}

/** Now, as metadata has it: to the second. */
export function timestamp(state: ClusterState, afterSeconds = 0): string {
  return `${new Date(state.clock.now() + afterSeconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function nameOf(object: KubeObject): ObjectName {
  return { namespace: object.metadata.namespace, name: object.metadata.name ?? "" };
}
