import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { ApiError } from "../errors/api-error.ts";
import { jsonEqual } from "../json/equal.ts";
import type { ApplyShape } from "./apply-shape.ts";
import {
  fieldsOf,
  hasLeaf,
  isLeaf,
  leaves,
  pathText,
  removeFields,
  subtract,
  treeOf,
  union,
  valueAtPath,
} from "./field-tree.ts";
import type { FieldPath, FieldTree } from "./field-tree.ts";
import { managedFields, managersOf } from "./managers.ts";
import type { Manager } from "./managers.ts";
import { mergeApplied } from "./merge-applied.ts";

export interface Applied {
  /** As the client wrote it. */
  readonly body: JsonObject;
  /** As the kind reads it: values in the form in which they are stored. */
  readonly decoded: KubeObject;
  readonly shape: ApplyShape;
  readonly manager: string;
  readonly subresource: string;
  readonly apiVersion: string;
  readonly force: boolean;
  /** Now, for the record. */
  readonly time: string;
}

/** Fields that name the object, or that are the server's. */
const UNMANAGED: FieldTree = {
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": Object.fromEntries(
    ["name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields"].map(
      (name) => [`f:${name}`, {}],
    ),
  ),
};

/**
 * Lays a manager's configuration over an object: what he mentions becomes so, what he mentioned before and does not mention any more goes
 * unless someone else applies it too. What another one applies otherwise is a conflict, or is taken from him by force.
 */
export function applyConfiguration(current: KubeObject, applied: Applied): JsonObject {
  const fields = subtract(fieldsOf(applied.body, applied.shape), UNMANAGED);
  const managers = managersOf(current);
  const isOurs = (manager: Manager): boolean =>
    manager.name === applied.manager && manager.subresource === applied.subresource;
  const before = managers.find(isOurs);
  const others = giveWay(
    managers.filter((manager) => !isOurs(manager)),
    { current, applied, fields },
  );
  const merged = mergeApplied(asJson(current), withoutManagers(applied.body), applied.shape);
  const gone = others.reduce((tree, other) => subtract(tree, other.fields), subtract(before?.fields ?? {}, fields));
  const rest = isLeaf(gone) ? merged : removeFields(merged, gone);
  const same = before !== undefined && jsonEqual(before.fields, fields) && jsonEqual(rest, asJson(current));
  const time = same ? before.time : applied.time;
  const ours: Manager = {
    name: applied.manager,
    subresource: applied.subresource,
    fields,
    apiVersion: applied.apiVersion,
    time,
  };
  // Everyone keeps his place: an order that changed would be a change.
  const ourPlace = managers.findIndex(isOurs);
  const all = ourPlace < 0 ? [...others, ours] : others.toSpliced(ourPlace, 0, ours);
  return withManagers(isJsonObject(rest) ? rest : {}, all);
}

interface Dispute {
  readonly current: KubeObject;
  readonly applied: Applied;
  readonly fields: FieldTree;
}

/** The other managers without what is taken from them; throws where they are not to give way. */
function giveWay(others: readonly Manager[], dispute: Dispute): Manager[] {
  const disputed = others.map((other) => ({ other, paths: disputedPaths(other, dispute) }));
  const conflicts = disputed.flatMap(({ other, paths }) => paths.map((path) => ({ manager: other.name, path })));
  if (conflicts.length > 0 && !dispute.applied.force) throw applyConflict(conflicts);
  return disputed
    .map(({ other, paths }) => ({ ...other, fields: subtract(other.fields, paths.map(treeOf).reduce(union, {})) }))
    .filter(({ fields }) => !isLeaf(fields));
}

function disputedPaths(other: Manager, { current, applied, fields }: Dispute): FieldPath[] {
  return [...leaves(fields)].filter((path) => {
    if (!hasLeaf(other.fields, path)) return false;
    return !jsonEqual(valueAtPath(asJson(current), path), valueAtPath(asJson(applied.decoded), path));
  });
}

interface Conflict {
  readonly manager: string;
  readonly path: FieldPath;
}

function applyConflict(conflicts: readonly Conflict[]): ApiError {
  const [first] = conflicts;
  const message =
    conflicts.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: conflict with ${JSON.stringify(first.manager)}: ${pathText(first.path)}`
      : `Apply failed with ${conflicts.length} conflicts: ${listConflicts(conflicts)}`;
  const causes = conflicts.map(({ manager, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${JSON.stringify(manager)}`,
    field: pathText(path),
  }));
  return new ApiError({ code: 409, reason: "Conflict", message, details: { causes } });
}

function listConflicts(conflicts: readonly Conflict[]): string {
  const names = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  return names
    .map((name) => {
      const paths = conflicts
        .filter(({ manager }) => manager === name)
        .map(({ path }) => `- ${pathText(path)}`)
        .sort();
      return `conflicts with ${JSON.stringify(name)}:\n${paths.join("\n")}`;
    })
    .join("\n");
}

function withoutManagers(body: JsonObject): JsonObject {
  const { metadata } = body;
  if (!isJsonObject(metadata)) return body;
  const { managedFields: _none, ...rest } = metadata;
  return { ...body, metadata: rest };
}

function withManagers(object: JsonObject, managers: readonly Manager[]): JsonObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...(isJsonObject(metadata) ? metadata : {}), managedFields: managedFields(managers) },
  };
}

function asJson(object: KubeObject): JsonValue {
  return object as unknown as JsonValue;
}
