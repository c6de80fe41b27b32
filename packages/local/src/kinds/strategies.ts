import type { KubeObject, ObjectMeta } from "@outrigger/types";
import { without } from "../json/at.ts";
import { jsonEqual } from "../json/equal.ts";
import type { Strategy } from "./kind.ts";
import { subdomainName } from "./name-rules.ts";

/** A kind that is only kept: no status of its own, no generation. */
export const plainStrategy: Strategy = {
  nameRule: subdomainName,
  unconditionalUpdate: true,
  createOnUpdate: false,
  returnsDeleted: false,
  prepareForCreate: (object) => object,
  prepareForUpdate: (next) => next,
  prepareForStatusUpdate: statusOnly,
  validate: () => [],
  validateUpdate: () => [],
  validateStatusUpdate: () => [],
  warnings: () => [],
};

/** Status belongs to the subresource `status`. */
export const ownStatusStrategy: Strategy = {
  ...plainStrategy,
  prepareForCreate: (object) => without(object, "status"),
  prepareForUpdate: withStatusOf,
};

/** Status belongs to the subresource `status`; whatever else changes counts as a new generation. */
export const statusStrategy: Strategy = {
  ...plainStrategy,
  prepareForCreate: (object) => withMeta(without(object, "status"), { generation: 1 }),
  prepareForUpdate: (next, current) => nextGeneration(withStatusOf(next, current), current),
};

/** The current object with the other's status: nothing else can be changed through `status`. */
function statusOnly(next: KubeObject, current: KubeObject): KubeObject {
  const { status: _old, ...rest } = current;
  const metadata =
    next.metadata.managedFields === undefined
      ? current.metadata
      : { ...current.metadata, managedFields: next.metadata.managedFields };
  return { ...rest, metadata, ...("status" in next ? { status: next["status"] } : {}) };
}

export function withMeta(object: KubeObject, meta: Partial<ObjectMeta>): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...meta } };
}

export function withStatusOf(next: KubeObject, current: KubeObject): KubeObject {
  const { status: _new, ...rest } = next;
  return "status" in current ? { ...rest, status: current["status"] } : rest;
}

const NO_CONTENT = ["apiVersion", "kind", "metadata"] as const;

/** Counts up when anything but metadata and the fields that do not count differs. */
export function nextGeneration(
  next: KubeObject,
  current: KubeObject,
  uncounted: readonly string[] = ["status"],
): KubeObject {
  const content = (object: KubeObject): object => without(object, ...NO_CONTENT, ...uncounted);
  if (jsonEqual(content(next), content(current))) return next;
  return withMeta(next, { generation: (current.metadata.generation ?? 0) + 1 });
}
