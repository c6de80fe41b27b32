import { NAMESPACES } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { listAt, objectAt } from "../json/at.ts";
import { NAMESPACE_FINALIZER } from "../kinds/built-in/namespace.ts";
import { nameOf } from "../objects/cluster-state.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { updateObject } from "../objects/update-object.ts";
import { ifStillThere } from "./controller.ts";
import type { Controller, ControllerContext } from "./controller.ts";

/** Empties a namespace that is to go, then lets it go. */
export function namespaceDeletion({ state, work }: ControllerContext): Controller {
  const terminating = new Set<string>();
  const look = (namespace: string): void => work.add(`namespace/${namespace}`, () => finish(state, namespace));
  return ({ type, object: stored }, collection) => {
    const { name = "", namespace = "", deletionTimestamp } = stored.object.metadata;
    if (collection !== "namespaces") {
      if (type === "DELETED" && terminating.has(namespace)) look(namespace);
      return;
    }
    if (type === "DELETED") terminating.delete(name);
    else if (deletionTimestamp !== undefined) {
      terminating.add(name);
      look(name);
    }
  };
}

function finish(state: ClusterState, namespace: string): void {
  const stored = state.store.collection("namespaces").get(namespace);
  if (stored === undefined || emptied(state, namespace)) {
    if (stored !== undefined) release(state, stored.object);
  }
}

/** Asks everything in the namespace to go; answers whether all of it has. */
function emptied(state: ClusterState, namespace: string): boolean {
  let left = 0;
  for (const kind of state.kinds.stored()) {
    if (!kind.resource.namespaced) continue;
    const collection = state.store.collection(kind.collection);
    for (const { object } of collection.list(`${namespace}/`)) {
      ifStillThere(() => void deleteObject(state, kind, nameOf(object), {}));
    }
    left += collection.list(`${namespace}/`).length;
  }
  return left === 0;
}

function release(state: ClusterState, namespace: KubeObject): void {
  const kind = state.kinds.find(NAMESPACES);
  if (kind === undefined) return;
  const name = nameOf(namespace);
  const finalizers = listAt(namespace, "spec", "finalizers");
  if (finalizers.includes(NAMESPACE_FINALIZER)) {
    const others = finalizers.filter((finalizer) => finalizer !== NAMESPACE_FINALIZER);
    updateObject(state, kind, { ...name, subresource: "finalize" }, (current) => ({
      ...current,
      spec: { ...objectAt(current, "spec"), finalizers: others },
    }));
    if (others.length > 0) return;
  }
  if (finalizers.length <= 1) ifStillThere(() => void deleteObject(state, kind, name, {}));
}
