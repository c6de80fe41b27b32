import type { KubeObject, ObjectMeta } from "@outrigger/types";
import { conflict } from "../errors/refusals.ts";
import { jsonEqual } from "../json/equal.ts";
import { asServed } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { withMeta } from "../kinds/strategies.ts";
import { getObject, timestamp } from "./cluster-state.ts";
import type { ClusterState, ObjectName } from "./cluster-state.ts";
import { withFinalizers } from "./finalizers.ts";
import { beginOwnDeletion } from "./own-deletion.ts";
import { removeObject, writeObject } from "./write-object.ts";

export const FOREGROUND_FINALIZER = "foregroundDeletion";
export const ORPHAN_FINALIZER = "orphan";

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  /** The older way to say how dependents fare. */
  readonly orphanDependents?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

export interface Deleted {
  /** As it was last, or as it is now that it waits. */
  readonly object: KubeObject;
  /** Whether it is gone. */
  readonly gone: boolean;
}

/** Deletes an object, or marks it where a finalizer or a running pod has a say. */
export function deleteObject(state: ClusterState, kind: Kind, name: ObjectName, options: DeleteOptions): Deleted {
  const current = asServed(kind, getObject(state, kind, name).object);
  checkPreconditions(kind, current.metadata, options);
  const save = (next: KubeObject): KubeObject =>
    options.dryRun === true || jsonEqual(next, current) ? next : writeObject(state, kind, next);
  const own = beginOwnDeletion(kind, current, timestamp(state));
  if (own !== undefined) return { object: save(own), gone: false };
  const grace = gracePeriod(kind, current, options);
  if (grace === "pending") return { object: current, gone: false };
  const finalizers = wantedFinalizers(current.metadata, options);
  const marked = mark(state, withFinalizers(current, finalizers), grace);
  if (finalizers.length > 0 || grace > 0) return { object: save(marked), gone: false };
  // What is deleted gracefully is marked even if it is given no time: watchers see both.
  const graceful = kind.strategy.gracePeriodSeconds !== undefined;
  const last = graceful ? save(marked) : current;
  const removed = options.dryRun === true ? undefined : removeObject(state, kind, name);
  return { object: removed ?? last, gone: true };
}

function checkPreconditions(kind: Kind, meta: ObjectMeta, options: DeleteOptions): void {
  const subject = { group: kind.resource.group, name: kind.resource.kind };
  const refuse = (field: string, asked: string, actual: string, hint: string): never => {
    const why = `the ${field} in the precondition (${asked}) does not match the ${field} in record (${actual}). ${hint}`;
    throw conflict(subject, meta.name ?? "", why);
  };
  if (options.uid !== undefined && options.uid !== meta.uid) {
    refuse("UID", options.uid, meta.uid ?? "", "The object might have been deleted and then recreated");
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== meta.resourceVersion) {
    refuse(
      "ResourceVersion",
      options.resourceVersion,
      meta.resourceVersion ?? "",
      "The object might have been modified",
    );
  }
}

/** Seconds that the object is given; `pending` if it already has no more than that. */
function gracePeriod(kind: Kind, object: KubeObject, options: DeleteOptions): number | "pending" {
  const graceful = kind.strategy.gracePeriodSeconds;
  if (graceful === undefined) return 0;
  const { deletionTimestamp, deletionGracePeriodSeconds: given = 0 } = object.metadata;
  const asked = options.gracePeriodSeconds === undefined ? undefined : Math.max(options.gracePeriodSeconds, -1);
  if (deletionTimestamp === undefined) return graceful(object, asked);
  if (given === 0) return 0;
  const shorter = asked === undefined ? given : asked < 0 ? 1 : asked;
  return shorter >= given ? "pending" : shorter;
}

function wantedFinalizers(meta: ObjectMeta, options: DeleteOptions): readonly string[] {
  const given = meta.finalizers ?? [];
  const policy = policyOf(given, options);
  const others = given.filter((finalizer) => finalizer !== FOREGROUND_FINALIZER && finalizer !== ORPHAN_FINALIZER);
  if (policy === "Foreground") return [...others, FOREGROUND_FINALIZER];
  return policy === "Orphan" ? [...others, ORPHAN_FINALIZER] : others;
}

function policyOf(finalizers: readonly string[], options: DeleteOptions): DeleteOptions["propagationPolicy"] {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? "Orphan" : "Background";
  if (options.propagationPolicy !== undefined) return options.propagationPolicy;
  if (finalizers.includes(ORPHAN_FINALIZER)) return "Orphan";
  return finalizers.includes(FOREGROUND_FINALIZER) ? "Foreground" : "Background";
}

function mark(state: ClusterState, object: KubeObject, grace: number): KubeObject {
  const { deletionTimestamp, generation } = object.metadata;
  const counted = generation === undefined || deletionTimestamp !== undefined ? {} : { generation: generation + 1 };
  const until = timestamp(state, grace);
  return withMeta(object, {
    ...counted,
    deletionTimestamp: deletionTimestamp === undefined || deletionTimestamp > until ? until : deletionTimestamp,
    deletionGracePeriodSeconds: grace,
  });
}
