import { CUSTOM_RESOURCE_DEFINITIONS } from "@outrigger/kube";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { invalidValue, requiredValue, unsupportedValue } from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import { at, listAt, objectAt, textAt } from "../../json/at.ts";
import type { Strategy } from "../kind.ts";
import { IMMUTABLE } from "../metadata-rules.ts";
import { label1035Name, subdomainName } from "../name-rules.ts";
import { statusStrategy } from "../strategies.ts";

export const CRD_RESOURCE = CUSTOM_RESOURCE_DEFINITIONS;

/** Removed once the last object of the kind is gone. */
export const CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

function storageVersion(definition: KubeObject): string {
  const stored = listAt(definition, "spec", "versions").find((version) => at(version, "storage") === true);
  return textAt(stored, "name");
}

/** Names that follow from others, and the conversion that is none. */
function withDefaults(definition: KubeObject): KubeObject {
  const spec = objectAt(definition, "spec");
  const names = objectAt(spec, "names");
  const kind = textAt(names, "kind");
  return {
    ...definition,
    spec: {
      conversion: { strategy: "None" },
      ...spec,
      names: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names },
    },
  };
}

function withStoredVersion(definition: KubeObject): KubeObject {
  const status = objectAt(definition, "status");
  const stored = listAt(status, "storedVersions");
  const version = storageVersion(definition);
  if (version === "" || stored.includes(version)) return definition;
  return { ...definition, status: { ...NO_STATUS, ...status, storedVersions: [...stored, version] } };
}

/** What nobody has filled in yet. */
const NO_STATUS: JsonObject = { acceptedNames: { plural: "", kind: "" }, conditions: null, storedVersions: [] };

// With one version, Kubernetes speaks of the schema as it did when there were no versions.
function schemaPath(index: number, count: number): string {
  return count === 1 ? "spec.validation.openAPIV3Schema" : `spec.versions[${index}].schema.openAPIV3Schema`;
}

function checkVersion(version: JsonObject, index: number, count: number): FieldError[] {
  const name = textAt(version, "name");
  const schema = at(version, "schema", "openAPIV3Schema");
  const typePath = `${schemaPath(index, count)}.type`;
  const errors = label1035Name(name).map((problem) => invalidValue(`spec.versions[${index}].name`, name, problem));
  if (schema === undefined) errors.push(requiredValue(`spec.versions[${index}].schema.openAPIV3Schema`));
  else if (textAt(schema, "type") === "") errors.push(requiredValue(typePath, "must not be empty at the root"));
  else if (textAt(schema, "type") !== "object")
    errors.push(invalidValue(typePath, at(schema, "type"), "must be object at the root"));
  return errors;
}

function checkVersions(versions: readonly JsonObject[]): FieldError[] {
  const stored = versions.filter((version) => version["storage"] === true);
  const errors = versions.flatMap((version, index) => checkVersion(version, index, versions.length));
  if (stored.length === 1) return errors;
  const names = versions.map((version) => version["name"] ?? "");
  errors.push(invalidValue("spec.versions", names, "must have exactly one version marked as storage version"));
  if (stored.length === 0)
    errors.push(invalidValue("status.storedVersions", undefined, "must have at least one stored version"));
  return errors;
}

const REQUIRED_NAMES = ["plural", "singular", "kind", "listKind"] as const;

function check(definition: KubeObject): FieldError[] {
  const spec = objectAt(definition, "spec");
  const plural = textAt(spec, "names", "plural");
  const group = textAt(spec, "group");
  const scope = textAt(spec, "scope");
  const name = definition.metadata.name ?? "";
  const errors: FieldError[] = [];
  if (name !== `${plural}.${group}`)
    errors.push(invalidValue("metadata.name", name, 'must be spec.names.plural+"."+spec.group'));
  if (group === "") errors.push(requiredValue("spec.group"));
  else errors.push(...subdomainName(group).map((problem) => invalidValue("spec.group", group, problem)));
  if (scope === "") errors.push(requiredValue("spec.scope"));
  else if (!["Cluster", "Namespaced"].includes(scope)) {
    errors.push(unsupportedValue("spec.scope", scope, ["Cluster", "Namespaced"]));
  }
  const missing = REQUIRED_NAMES.filter((each) => textAt(spec, "names", each) === "");
  errors.push(...missing.map((each) => requiredValue(`spec.names.${each}`)));
  return [...errors, ...checkVersions(listAt(spec, "versions").map((version) => objectAt(version)))];
}

const FIXED = [
  ["spec", "group"],
  ["spec", "names", "plural"],
  ["spec", "names", "kind"],
  ["spec", "scope"],
] as const;

function checkUpdate(next: KubeObject, current: KubeObject): FieldError[] {
  const changed = FIXED.filter((path) => at(next, ...path) !== at(current, ...path));
  return [...changed.map((path) => invalidValue(path.join("."), at(next, ...path), IMMUTABLE)), ...check(next)];
}

export const crdStrategy: Strategy = {
  ...statusStrategy,
  unconditionalUpdate: false,
  returnsDeleted: true,
  prepareForCreate: (object) => withStoredVersion(withDefaults(statusStrategy.prepareForCreate(object))),
  prepareForUpdate: (next, current) => withStoredVersion(statusStrategy.prepareForUpdate(withDefaults(next), current)),
  validate: check,
  validateUpdate: checkUpdate,
};
