import type { KubeObject } from "@outrigger/types";
import { listAt, objectAt } from "../json/at.ts";
import { CRD_FINALIZER } from "../kinds/built-in/custom-resource-definition.ts";
import { withCondition } from "../kinds/conditions.ts";
import type { Kind } from "../kinds/kind.ts";
import { withMeta } from "../kinds/strategies.ts";

type BeginDeletion = (object: KubeObject, now: string) => KubeObject | undefined;

function beginNamespace(object: KubeObject, now: string): KubeObject | undefined {
  if (object.metadata.deletionTimestamp === undefined) {
    const marked = withMeta(object, { deletionTimestamp: now });
    return { ...marked, status: { ...objectAt(object, "status"), phase: "Terminating" } };
  }
  return listAt(object, "spec", "finalizers").length > 0 ? object : undefined;
}

function beginDefinition(object: KubeObject, now: string): KubeObject | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp !== undefined) return undefined;
  const marked = withMeta(object, {
    deletionTimestamp: now,
    finalizers: finalizers.includes(CRD_FINALIZER) ? finalizers : [...finalizers, CRD_FINALIZER],
  });
  return withCondition(marked, {
    type: "Terminating",
    status: "True",
    lastTransitionTime: now,
    reason: "InstanceDeletionPending",
    message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
  });
}

const OWN: Readonly<Record<string, BeginDeletion>> = {
  namespaces: beginNamespace,
  "customresourcedefinitions.apiextensions.k8s.io": beginDefinition,
};

/** Namespaces and definitions hold other objects, which go first: how such an object looks while it waits; undefined when it need not wait. */
export function beginOwnDeletion(kind: Kind, object: KubeObject, now: string): KubeObject | undefined {
  return OWN[kind.collection]?.(object, now);
}
