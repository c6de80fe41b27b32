import type { KubeObject } from "@outrigger/types";
import { asServed } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { objectKey } from "../store/stored-object.ts";
import type { ClusterState, ObjectName } from "./cluster-state.ts";

/** Stores an object as it stands; answers it as stored. */
export function writeObject(state: ClusterState, kind: Kind, object: KubeObject): KubeObject {
  const written = state.store.put(kind.collection, kind.conversion?.toStored(object) ?? object);
  return asServed(kind, written.object);
}

/** Takes an object away, whatever holds it; answers it as it was. */
export function removeObject(state: ClusterState, kind: Kind, name: ObjectName): KubeObject | undefined {
  const removed = state.store.remove(kind.collection, objectKey(name.namespace, name.name));
  return removed === undefined ? undefined : asServed(kind, removed.object);
}
