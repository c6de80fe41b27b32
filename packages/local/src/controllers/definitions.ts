import type { KubeObject } from "@outrigger/types";
import { objectAt } from "../json/at.ts";
import { jsonEqual } from "../json/equal.ts";
import { CRD_FINALIZER, CRD_RESOURCE } from "../kinds/built-in/custom-resource-definition.ts";
import { withCondition } from "../kinds/conditions.ts";
import { nameOf, timestamp } from "../objects/cluster-state.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { withoutFinalizer } from "../objects/finalizers.ts";
import { updateObject } from "../objects/update-object.ts";
import { ifStillThere } from "./controller.ts";
import type { Change } from "../store/history.ts";
import type { Controller, ControllerContext } from "./controller.ts";

const COLLECTION = `${CRD_RESOURCE.plural}.${CRD_RESOURCE.group}`;

/** Serves what CustomResourceDefinitions define, and clears away the objects of one that is to go. */
export function definitions({ state, work }: ControllerContext): Controller {
  // A definition is called as the collection of its objects.
  const deleting = new Set<string>();
  const look = (name: string): void => work.add(`definition/${name}`, () => finish(state, name));
  const follow = ({ type, object: { object }, previous }: Change): void => {
    const { name = "", deletionTimestamp } = object.metadata;
    if (type === "DELETED") {
      deleting.delete(name);
      state.kinds.undefine(object);
      state.store.drop(name);
      return;
    }
    if (!jsonEqual(previous?.object["spec"], object["spec"])) serve(state, object);
    if (deletionTimestamp !== undefined) {
      deleting.add(name);
      look(name);
    }
  };
  return (change, collection) => {
    if (collection === COLLECTION) follow(change);
    else if (change.type === "DELETED" && deleting.has(collection)) look(collection);
  };
}

function serve(state: ClusterState, definition: KubeObject): void {
  state.kinds.define(definition);
  // From here on there is something to watch.
  state.store.collection(definition.metadata.name ?? "");
  const now = timestamp(state);
  const kind = state.kinds.find(CRD_RESOURCE);
  if (kind === undefined) return;
  updateObject(state, kind, { ...nameOf(definition), subresource: "status" }, (current) => {
    const names = { ...objectAt(current, "status"), acceptedNames: objectAt(current, "spec", "names") };
    const accepted = withCondition({ ...current, status: names }, namesAccepted(now));
    return withCondition(accepted, established(now));
  });
}

const namesAccepted = (now: string) =>
  ({
    type: "NamesAccepted",
    status: "True",
    lastTransitionTime: now,
    reason: "NoConflicts",
    message: "no conflicts found",
  }) as const;

const established = (now: string) =>
  ({
    type: "Established",
    status: "True",
    lastTransitionTime: now,
    reason: "InitialNamesAccepted",
    message: "the initial names have been accepted",
  }) as const;

/** Asks the objects of a definition to go; once all have, the definition may. */
function finish(state: ClusterState, name: string): void {
  const kind = state.kinds.find(CRD_RESOURCE);
  if (kind === undefined) return;
  for (const each of state.kinds.stored().filter((candidate) => candidate.collection === name)) {
    for (const { object } of state.store.collection(name).list("")) {
      ifStillThere(() => void deleteObject(state, each, nameOf(object), {}));
    }
  }
  if (state.store.collection(name).size > 0) return;
  const target = { namespace: undefined, name };
  ifStillThere(() => {
    updateObject(state, kind, target, (current) => withoutFinalizer(current, CRD_FINALIZER));
    deleteObject(state, kind, target, {});
  });
}
