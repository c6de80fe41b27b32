import type { ObjectMeta, OwnerReference } from "@outrigger/types";
import { forbiddenValue, invalidValue, requiredValue, tooLong } from "../errors/field-error.ts";
import type { FieldError } from "../errors/field-error.ts";
import { labelName, labelValue, qualifiedName } from "./name-rules.ts";
import type { NameRule } from "./name-rules.ts";

const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;
export const IMMUTABLE = "field is immutable";

/** What is wrong with an object's metadata, whatever its kind. */
export function checkMetadata(meta: ObjectMeta, rules: MetadataRules): FieldError[] {
  const { nameRule, namespaced, strictFinalizers } = rules;
  return [
    ...checkName(meta, nameRule),
    ...checkNamespace(meta.namespace ?? "", namespaced),
    ...checkLabels(meta.labels, "metadata.labels"),
    ...checkAnnotations(meta.annotations ?? {}),
    ...checkOwners(meta.ownerReferences ?? []),
    ...checkFinalizers(meta.finalizers ?? []),
    ...(strictFinalizers ? checkFinalizerDomains(meta.finalizers ?? []) : []),
  ];
}

export interface MetadataRules {
  readonly nameRule: NameRule;
  readonly namespaced: boolean;
  /** Kubernetes' own kinds want finalizers to say whose they are. */
  readonly strictFinalizers: boolean;
}

/** What may not change in metadata. */
export function checkMetadataUpdate(next: ObjectMeta, current: ObjectMeta): FieldError[] {
  const fixed = ["name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;
  return [
    ...(current.deletionTimestamp === undefined ? [] : checkNoNewFinalizers(next, current)),
    ...fixed
      .filter((field) => next[field] !== current[field])
      .map((field) => invalidValue(`metadata.${field}`, next[field], IMMUTABLE)),
  ];
}

function checkName(meta: ObjectMeta, rule: NameRule): FieldError[] {
  const { name = "", generateName = "" } = meta;
  const ofPrefix = generateName === "" ? [] : rule(generateName, true);
  return [
    ...ofPrefix.map((problem) => invalidValue("metadata.generateName", generateName, problem)),
    ...(name === ""
      ? [requiredValue("metadata.name", "name or generateName is required")]
      : rule(name).map((problem) => invalidValue("metadata.name", name, problem))),
  ];
}

function checkNamespace(namespace: string, namespaced: boolean): FieldError[] {
  if (!namespaced) return namespace === "" ? [] : [forbiddenValue("metadata.namespace", "not allowed on this type")];
  if (namespace === "") return [requiredValue("metadata.namespace")];
  return labelName(namespace).map((problem) => invalidValue("metadata.namespace", namespace, problem));
}

export function checkLabels(labels: ObjectMeta["labels"], path: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((problem) => invalidValue(path, key, problem)),
    ...labelValue(value).map((problem) => invalidValue(path, value, problem)),
  ]);
}

function checkAnnotations(annotations: Readonly<Record<string, string>>): FieldError[] {
  const path = "metadata.annotations";
  const errors = Object.keys(annotations).flatMap((key) =>
    qualifiedName(key.toLowerCase()).map((problem) => invalidValue(path, key, problem)),
  );
  const size = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (size > ANNOTATIONS_LIMIT_BYTES)
    errors.push(tooLong(path, `may not be more than ${ANNOTATIONS_LIMIT_BYTES} bytes`));
  return errors;
}

function checkOwner(owner: OwnerReference, path: string): FieldError[] {
  const version = owner.apiVersion.split("/").at(-1) ?? "";
  return [
    ...(version === "" ? [invalidValue(`${path}.apiVersion`, owner.apiVersion, "version must not be empty")] : []),
    ...(["kind", "name", "uid"] as const)
      .filter((field) => owner[field] === "")
      .map((field) => invalidValue(`${path}.${field}`, "", "must not be empty")),
  ];
}

function checkOwners(owners: readonly OwnerReference[]): FieldError[] {
  const path = "metadata.ownerReferences";
  const errors = owners.flatMap((owner) => checkOwner(owner, path));
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first !== undefined && second !== undefined) {
    const both = `${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    const rule = "Only one reference can have Controller set to true";
    errors.push(invalidValue(path, owners, `${rule}. Found "true" in references for ${both}`));
  }
  return errors;
}

function checkFinalizers(finalizers: readonly string[]): FieldError[] {
  const path = "metadata.finalizers";
  const errors = finalizers.flatMap((finalizer) =>
    qualifiedName(finalizer).map((problem) => invalidValue(path, finalizer, problem)),
  );
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(invalidValue(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

export const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function checkFinalizerDomains(finalizers: readonly string[]): FieldError[] {
  const rule = "name is neither a standard finalizer name nor is it fully qualified";
  return finalizers.flatMap((finalizer, index) =>
    finalizer.includes("/") || STANDARD_FINALIZERS.has(finalizer)
      ? []
      : [invalidValue(`metadata.finalizers[${index}]`, finalizer, rule)],
  );
}

function checkNoNewFinalizers(next: ObjectMeta, current: ObjectMeta): FieldError[] {
  const extra = (next.finalizers ?? []).filter((finalizer) => current.finalizers?.includes(finalizer) !== true).sort();
  if (extra.length === 0) return [];
  const found = `[]string{${extra.map((finalizer) => JSON.stringify(finalizer)).join(", ")}}`;
  const rule = "no new finalizers can be added if the object is being deleted";
  return [forbiddenValue("metadata.finalizers", `${rule}, found new finalizers ${found}`)];
}
