import type { KubeObject } from "@outrigger/types";
import type { Change } from "../store/history.ts";

/** Names a stored object: its collection and its key there. */
export interface Place {
  readonly collection: string;
  readonly key: string;
}

/** Which objects name an owner, by the owner's uid. Kept up to date by every write. */
export class OwnerIndex {
  readonly #dependents = new Map<string, Map<string, Place>>();

  record(change: Change, collection: string): void {
    const { key } = change.object;
    const before = ownerUids(change.previous?.object);
    const after = change.type === "DELETED" ? [] : ownerUids(change.object.object);
    for (const uid of before) if (!after.includes(uid)) this.#remove(uid, collection, key);
    for (const uid of after) this.#dependentsOf(uid).set(`${collection}/${key}`, { collection, key });
  }

  dependents(ownerUid: string): Place[] {
    return [...(this.#dependents.get(ownerUid)?.values() ?? [])];
  }

  #dependentsOf(uid: string): Map<string, Place> {
    const known = this.#dependents.get(uid) ?? new Map<string, Place>();
    this.#dependents.set(uid, known);
    return known;
  }

  #remove(uid: string, collection: string, key: string): void {
    const known = this.#dependents.get(uid);
    known?.delete(`${collection}/${key}`);
    if (known?.size === 0) this.#dependents.delete(uid);
  }
}

export function ownerUids(object: KubeObject | undefined): string[] {
  return (object?.metadata.ownerReferences ?? []).map((owner) => owner.uid);
}
