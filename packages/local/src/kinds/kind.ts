import type { JsonObject, KubeObject } from "@outrigger/types";
import { apiVersionOf } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { FieldError } from "../errors/field-error.ts";
import type { GroupName } from "../errors/refusals.ts";
import type { StructuralSchema } from "../schema/structural/schema.ts";
import type { MetadataRules } from "./metadata-rules.ts";
import type { NameRule } from "./name-rules.ts";

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority: number;
  readonly cell: (object: KubeObject, nowMs: number) => unknown;
}

export interface DecodedObject {
  readonly object: KubeObject;
  /** Fields that the kind does not have; they were dropped. */
  readonly unknownFields: readonly string[];
}

/** What differs between kinds when their objects are written. Every function is pure. */
export interface Strategy {
  readonly nameRule: NameRule;
  /** An update without a resourceVersion overwrites whatever is there. */
  readonly unconditionalUpdate: boolean;
  /** A PUT makes the object if it is missing. */
  readonly createOnUpdate: boolean;
  /** A DELETE answers the object as it was, instead of a Status. */
  readonly returnsDeleted: boolean;
  readonly prepareForCreate: (object: KubeObject) => KubeObject;
  readonly prepareForUpdate: (next: KubeObject, current: KubeObject) => KubeObject;
  /** For the subresource `status`. */
  readonly prepareForStatusUpdate: (next: KubeObject, current: KubeObject) => KubeObject;
  readonly validate: (object: KubeObject) => readonly FieldError[];
  readonly validateUpdate: (next: KubeObject, current: KubeObject) => readonly FieldError[];
  readonly validateStatusUpdate: (next: KubeObject, current: KubeObject) => readonly FieldError[];
  /** What is not wrong, but unwise. */
  readonly warnings: (object: KubeObject) => readonly string[];
  /** For kinds that are deleted gracefully: how many seconds the object is given. */
  readonly gracePeriodSeconds?: (object: KubeObject, requested: number | undefined) => number;
}

/** The shape of a kind's objects: a type of Kubernetes' own, or the schema of a CustomResourceDefinition. */
export type Shape =
  | { readonly from: "struct"; readonly type: string }
  | { readonly from: "schema"; readonly schema: StructuralSchema };

/** One version of one kind, as it is served. */
export interface Kind {
  readonly resource: Resource;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Its collection in the store; the versions of a kind share one. */
  readonly collection: string;
  readonly shape: Shape;
  readonly subresources: ReadonlySet<string>;
  /** Field selectors beyond `metadata.name` and `metadata.namespace`. */
  readonly selectableFields: ReadonlyMap<string, (object: KubeObject) => string>;
  readonly columns: readonly Column[];
  readonly strategy: Strategy;
  /** Reads a body: coerces it, fills in defaults, drops unknown fields. Throws an ApiError. */
  readonly decode: (body: JsonObject) => DecodedObject;
  /** Where the version that is served has other fields than the one that is stored. */
  readonly conversion: Conversion | undefined;
}

export interface Conversion {
  readonly toStored: (object: KubeObject) => KubeObject;
  readonly fromStored: (object: KubeObject) => KubeObject;
}

/** Every verb that a stored kind can have; in the order in which discovery shows them. */
export const ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;
export const CUSTOM_VERBS = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
] as const;

/** As messages about the resource name it: `workflows` of `argoproj.io`. */
export function resourceName(kind: Kind): GroupName {
  return { group: kind.resource.group, name: kind.resource.plural };
}

/** As messages about the kind name it: `Workflow` of `argoproj.io`. */
export function kindName(kind: Kind): GroupName {
  return { group: kind.resource.group, name: kind.resource.kind };
}

/** What metadata of this kind must keep to. */
export function metadataRules(kind: Kind): MetadataRules {
  const { strategy, resource, shape } = kind;
  return { nameRule: strategy.nameRule, namespaced: resource.namespaced, strictFinalizers: shape.from === "struct" };
}

/** A stored object as this version of its kind shows it. */
export function asServed(kind: Kind, stored: KubeObject): KubeObject {
  if (kind.conversion !== undefined) return kind.conversion.fromStored(stored);
  const apiVersion = apiVersionOf(kind.resource);
  return stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion };
}
