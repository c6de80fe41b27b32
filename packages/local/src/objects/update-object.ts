import type { KubeObject, ObjectMeta } from "@outrigger/types";
import { MODIFIED_MEANWHILE, conflict, invalid, notFound } from "../errors/refusals.ts";
import { invalidValue } from "../errors/field-error.ts";
import { jsonEqual } from "../json/equal.ts";
import { asServed, kindName, metadataRules, resourceName } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { checkMetadata, checkMetadataUpdate } from "../kinds/metadata-rules.ts";
import { pathSegmentName } from "../kinds/name-rules.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { findObject } from "./cluster-state.ts";
import type { ClusterState, ObjectName } from "./cluster-state.ts";
import { createObject, requestNamespace } from "./create-object.ts";
import { removeObject, writeObject } from "./write-object.ts";

export interface UpdateOptions {
  readonly subresource?: "status" | "finalize" | undefined;
  readonly dryRun?: boolean;
  /** Makes the object if it is missing, whatever the kind says; undefined refuses to. */
  readonly create?: () => KubeObject;
  /** Only this very object. */
  readonly uid?: string | undefined;
}

export interface Updated {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** Answers what the object shall be; throws an ApiError to leave it. */
export type ChangeObject = (current: KubeObject) => KubeObject;

/** Changes an object; a change that changes nothing is not written. */
export function updateObject(
  state: ClusterState,
  kind: Kind,
  target: ObjectName & UpdateOptions,
  change: ChangeObject,
): Updated {
  const stored = findObject(state, kind, target);
  if (stored === undefined) return createInstead(state, kind, target);
  const current = asServed(kind, stored.object);
  if (target.uid !== undefined && target.uid !== current.metadata.uid) throw wrongUid(kind, stored, target.uid);
  const next = settle(kind, change(current), current, target);
  if (jsonEqual(next, current)) return { object: current, created: false };
  if (isReleased(next, current)) return { object: release(state, kind, next, target), created: false };
  return { object: target.dryRun === true ? next : writeObject(state, kind, next), created: false };
}

function createInstead(state: ClusterState, kind: Kind, target: ObjectName & UpdateOptions): Updated {
  if (target.create === undefined) throw notFound(resourceName(kind), target.name);
  const options = { namespace: target.namespace, ...(target.dryRun === undefined ? {} : { dryRun: target.dryRun }) };
  return { object: createObject(state, kind, target.create(), options), created: true };
}

/** The object that shall be written, with all that a client cannot decide. */
function settle(kind: Kind, wanted: KubeObject, current: KubeObject, target: ObjectName & UpdateOptions): KubeObject {
  const { strategy } = kind;
  checkPreconditions(kind, wanted.metadata, current.metadata);
  requestNamespace(kind, wanted.metadata.namespace, target.namespace);
  const next = { ...wanted, metadata: keepSystemFields(wanted.metadata, current.metadata) };
  const ofStatus = target.subresource === "status";
  const prepared = prepare(kind, next, current, target.subresource);
  const errors = [
    ...checkMetadata(prepared.metadata, { ...metadataRules(kind), nameRule: pathSegmentName }),
    ...checkMetadataUpdate(prepared.metadata, current.metadata),
    ...(ofStatus ? strategy.validateStatusUpdate(prepared, current) : strategy.validateUpdate(prepared, current)),
  ];
  if (errors.length > 0) throw invalid(kindName(kind), target.name, errors);
  return prepared;
}

function prepare(
  kind: Kind,
  next: KubeObject,
  current: KubeObject,
  subresource: UpdateOptions["subresource"],
): KubeObject {
  if (subresource === "status") return kind.strategy.prepareForStatusUpdate(next, current);
  if (subresource === "finalize") return { ...current, spec: next["spec"] };
  return kind.strategy.prepareForUpdate(next, current);
}

function wrongUid(kind: Kind, stored: StoredObject, asked: string): Error {
  const { group, plural } = kind.resource;
  const key = `/registry/${kind.shape.from === "schema" ? `${group}/` : ""}${plural}/${stored.key}`;
  const actual = stored.object.metadata.uid ?? "";
  const why = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${actual}`;
  const storage = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  return conflict(resourceName(kind), stored.object.metadata.name ?? "", storage);
}

function checkPreconditions(kind: Kind, wanted: ObjectMeta, current: ObjectMeta): void {
  const name = current.name ?? "";
  if (wanted.resourceVersion === undefined) {
    if (kind.strategy.unconditionalUpdate) return;
    throw invalid(resourceName(kind), name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  if (wanted.resourceVersion !== current.resourceVersion) throw conflict(resourceName(kind), name, MODIFIED_MEANWHILE);
}

const KEPT = ["creationTimestamp", "deletionTimestamp", "generation", "resourceVersion", "namespace"] as const;

function keepSystemFields(given: ObjectMeta, current: ObjectMeta): ObjectMeta {
  const { generation: _notTheirs, ...wanted } = given;
  const kept = KEPT.filter((field) => current[field] !== undefined).map((field) => [field, current[field]]);
  const grace = wanted.deletionGracePeriodSeconds ?? current.deletionGracePeriodSeconds;
  return {
    uid: current.uid ?? "",
    ...wanted,
    ...(Object.fromEntries(kept) as Partial<ObjectMeta>),
    ...(grace === undefined ? {} : { deletionGracePeriodSeconds: grace }),
  };
}

/** The last finalizer is gone from an object that only waited for it. */
function isReleased(next: KubeObject, current: KubeObject): boolean {
  return (next.metadata.finalizers ?? []).length === 0 && current.metadata.deletionGracePeriodSeconds === 0;
}

function release(state: ClusterState, kind: Kind, last: KubeObject, target: ObjectName & UpdateOptions): KubeObject {
  if (target.dryRun !== true) removeObject(state, kind, target);
  return last;
}
