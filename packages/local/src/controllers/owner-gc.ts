import type { KubeObject, OwnerReference } from "@outrigger/types";
import { nameOf } from "../objects/cluster-state.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER, deleteObject } from "../objects/delete-object.ts";
import { withoutFinalizer } from "../objects/finalizers.ts";
import { updateObject } from "../objects/update-object.ts";
import { asServed } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { ifStillThere } from "./controller.ts";
import type { Controller, ControllerContext } from "./controller.ts";
import { OwnerIndex, ownerUids } from "./owner-index.ts";
import type { Place } from "./owner-index.ts";

/**
 * Deletes objects whose owners are gone.
 *
 * G1. An object goes once none of its owners is left; one that has another owner only loses the reference.
 * G2. An owner that is deleted in the foreground waits for the dependents that block it.
 * G3. An owner that orphans its dependents goes once none of them names it.
 */
export function ownerGarbageCollection({ state, work }: ControllerContext): Controller {
  const collector = new Collector(state);
  const look = (place: Place): void =>
    work.add(`dependent/${place.collection}/${place.key}`, () => collector.assess(place));
  return (change, collection) => {
    const { index } = collector;
    const { object } = change.object;
    const { uid = "", deletionTimestamp } = object.metadata;
    const place = { collection, key: change.object.key };
    const waitingOwners = change.type === "DELETED" ? ownerUids(object) : [];
    for (const owner of waitingOwners) work.add(`owner/${owner}`, () => collector.finishOwner(owner));
    index.record(change, collection);
    if (change.type === "DELETED") return index.dependents(uid).forEach(look);
    if (ownerUids(object).length > 0 && change.type === "ADDED") look(place);
    if (deletionTimestamp !== undefined && waitsForDependents(object)) {
      collector.waiting.set(uid, place);
      work.add(`owner/${uid}`, () => collector.finishOwner(uid));
    }
  };
}

function waitsForDependents(object: KubeObject): boolean {
  const { finalizers = [] } = object.metadata;
  return finalizers.includes(FOREGROUND_FINALIZER) || finalizers.includes(ORPHAN_FINALIZER);
}

class Collector {
  readonly index = new OwnerIndex();
  /** Owners that are being deleted and wait for their dependents. */
  readonly waiting = new Map<string, Place>();
  readonly #state: ClusterState;

  constructor(state: ClusterState) {
    this.#state = state;
  }

  /** Looks whether a dependent still has an owner. */
  assess(place: Place): void {
    const found = this.#find(place);
    if (found === undefined) return;
    const { kind, object } = found;
    const owners = object.metadata.ownerReferences ?? [];
    const states = owners.map((owner) => this.#stateOf(owner, object));
    const gone = owners.filter((_owner, index) => states[index] === "gone");
    const goes = owners.filter((_owner, index) => states[index] === "goes");
    if (gone.length === 0 && goes.length === 0) return;
    if (states.includes("stays")) return ifStillThere(() => this.#drop(kind, object, [...gone, ...goes]));
    const blocked = goes.length > 0 && this.index.dependents(object.metadata.uid ?? "").length > 0;
    const policy = blocked ? ({ propagationPolicy: "Foreground" } as const) : {};
    ifStillThere(() => void deleteObject(this.#state, kind, nameOf(object), policy));
  }

  /** Lets an owner go that has waited, once nothing holds it any more (G2, G3). */
  finishOwner(uid: string): void {
    const place = this.waiting.get(uid);
    const found = place === undefined ? undefined : this.#find(place);
    if (found?.object.metadata.uid !== uid) return void this.waiting.delete(uid);
    const { kind, object } = found;
    const { finalizers = [] } = object.metadata;
    const dependents = this.index.dependents(uid);
    if (finalizers.includes(ORPHAN_FINALIZER)) {
      for (const dependent of dependents) this.#orphan(dependent, uid);
      return this.#release(kind, object, ORPHAN_FINALIZER);
    }
    if (!finalizers.includes(FOREGROUND_FINALIZER)) return;
    for (const dependent of dependents) this.assess(dependent);
    if (!this.index.dependents(uid).some((dependent) => this.#blocks(dependent, uid))) {
      this.#release(kind, object, FOREGROUND_FINALIZER);
    }
  }

  #find(place: Place): { readonly kind: Kind; readonly object: KubeObject } | undefined {
    const stored = this.#state.store.collection(place.collection).get(place.key);
    const kind = this.#state.kinds.stored().find((candidate) => candidate.collection === place.collection);
    return stored === undefined || kind === undefined ? undefined : { kind, object: asServed(kind, stored.object) };
  }

  #stateOf(owner: OwnerReference, dependent: KubeObject): "stays" | "goes" | "gone" {
    const kind = this.#state.kinds.findByKind(owner.apiVersion, owner.kind);
    // An owner of a kind that nobody knows may exist all the same.
    if (kind === undefined) return "stays";
    const key = kind.resource.namespaced ? `${dependent.metadata.namespace ?? ""}/${owner.name}` : owner.name;
    const meta = this.#state.store.collection(kind.collection).get(key)?.object.metadata;
    if (meta?.uid !== owner.uid) return "gone";
    const isForeground =
      meta.deletionTimestamp !== undefined && meta.finalizers?.includes(FOREGROUND_FINALIZER) === true;
    return isForeground ? "goes" : "stays";
  }

  #blocks(place: Place, ownerUid: string): boolean {
    const references = this.#find(place)?.object.metadata.ownerReferences ?? [];
    return references.some((owner) => owner.uid === ownerUid && owner.blockOwnerDeletion === true);
  }

  #orphan(place: Place, ownerUid: string): void {
    const found = this.#find(place);
    const owners = found?.object.metadata.ownerReferences?.filter((owner) => owner.uid === ownerUid) ?? [];
    if (found !== undefined) ifStillThere(() => this.#drop(found.kind, found.object, owners));
  }

  #drop(kind: Kind, object: KubeObject, owners: readonly OwnerReference[]): void {
    const uids = new Set(owners.map((owner) => owner.uid));
    updateObject(this.#state, kind, nameOf(object), (current) => {
      const { ownerReferences = [], ...metadata } = current.metadata;
      const left = ownerReferences.filter((owner) => !uids.has(owner.uid));
      return { ...current, metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: left } };
    });
  }

  #release(kind: Kind, object: KubeObject, finalizer: string): void {
    this.waiting.delete(object.metadata.uid ?? "");
    ifStillThere(() => {
      updateObject(this.#state, kind, nameOf(object), (current) => withoutFinalizer(current, finalizer));
    });
  }
}
