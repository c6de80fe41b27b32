import type { KubeObject } from "@outrigger/types";
import { listAt, textAt } from "../../json/at.ts";
import type { Strategy } from "../kind.ts";
import { labelName } from "../name-rules.ts";
import { plainStrategy, withMeta, withStatusOf } from "../strategies.ts";

/** On the spec of a namespace while there may be objects in it. */
export const NAMESPACE_FINALIZER = "kubernetes";

function withNameLabel(object: KubeObject): KubeObject {
  const name = object.metadata.name ?? "";
  return withMeta(object, { labels: { ...object.metadata.labels, "kubernetes.io/metadata.name": name } });
}

export const namespaceStrategy: Strategy = {
  ...plainStrategy,
  nameRule: labelName,
  returnsDeleted: true,
  prepareForCreate: (object) => {
    const given = listAt(object, "spec", "finalizers");
    const finalizers = given.includes(NAMESPACE_FINALIZER) ? given : [...given, NAMESPACE_FINALIZER];
    return { ...withNameLabel(object), spec: { finalizers }, status: { phase: "Active" } };
  },
  prepareForUpdate: (next, current) => ({ ...withNameLabel(withStatusOf(next, current)), spec: current["spec"] }),
};

export function isTerminating(namespace: KubeObject): boolean {
  return textAt(namespace, "status", "phase") === "Terminating";
}
