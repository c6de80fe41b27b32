import { isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { apiVersionOf } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import { badRequest, invalid } from "../errors/refusals.ts";
import { invalidValue } from "../errors/field-error.ts";
import type { FieldError } from "../errors/field-error.ts";
import { at, listAt, objectAt, textAt } from "../json/at.ts";
import { DecodeError, decodeStruct } from "../schema/decode-struct.ts";
import { applyDefaults } from "../schema/structural/defaults.ts";
import { prune } from "../schema/structural/prune.ts";
import { asSchema, schemaOfField } from "../schema/structural/schema.ts";
import type { StructuralSchema } from "../schema/structural/schema.ts";
import { validateObject, validateValue } from "../schema/structural/validate.ts";
import { customColumns } from "./columns/custom-columns.ts";
import { parseJsonPath } from "./columns/json-path.ts";
import { cannotBeHandled } from "./decode-built-in.ts";
import { CUSTOM_VERBS, kindName } from "./kind.ts";
import type { DecodedObject, Kind, Strategy } from "./kind.ts";
import { STANDARD_FINALIZERS } from "./metadata-rules.ts";
import { subdomainName } from "./name-rules.ts";
import { nextGeneration, plainStrategy, statusStrategy, withMeta } from "./strategies.ts";

/** The kinds, one a served version, that a CustomResourceDefinition stands for. */
export function customKinds(definition: KubeObject): Kind[] {
  const served = listAt(definition, "spec", "versions").map((version) => objectAt(version));
  return served.filter((version) => version["served"] === true).map((version) => customKind(definition, version));
}

function texts(value: unknown, ...path: readonly string[]): string[] {
  return listAt(value, ...path).filter((each) => typeof each === "string");
}

function customKind(definition: KubeObject, version: JsonObject): Kind {
  const names = objectAt(definition, "spec", "names");
  const resource: Resource = {
    group: textAt(definition, "spec", "group"),
    version: textAt(version, "name"),
    plural: textAt(names, "plural"),
    kind: textAt(names, "kind"),
    namespaced: textAt(definition, "spec", "scope") === "Namespaced",
  };
  const schema = asSchema(at(version, "schema", "openAPIV3Schema"));
  const subresources = new Set(Object.keys(objectAt(version, "subresources")).filter((name) => name === "status"));
  return {
    resource,
    singular: textAt(names, "singular"),
    shortNames: texts(names, "shortNames"),
    categories: texts(names, "categories"),
    verbs: CUSTOM_VERBS,
    collection: `${resource.plural}.${resource.group}`,
    shape: { from: "schema", schema },
    subresources,
    selectableFields: selectableFields(version),
    columns: customColumns(version),
    strategy: customStrategy(schema, subresources.has("status")),
    decode: (body) => decodeCustom(body, resource, schema),
    conversion: undefined,
  };
}

function selectableFields(version: JsonObject): Kind["selectableFields"] {
  const paths = listAt(version, "selectableFields").map((field) => textAt(field, "jsonPath"));
  return new Map(
    paths.map((path) => {
      const read = parseJsonPath(path);
      return [path.replace(/^\./, ""), (object: KubeObject) => scalarText(read?.(object))];
    }),
  );
}

function scalarText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function customStrategy(schema: StructuralSchema, hasStatus: boolean): Strategy {
  const base = hasStatus ? statusStrategy : plainStrategy;
  return {
    ...base,
    nameRule: subdomainName,
    warnings: finalizerWarnings,
    unconditionalUpdate: false,
    prepareForCreate: hasStatus ? base.prepareForCreate : (object) => withMeta(object, { generation: 1 }),
    // Without a subresource, the status is a field like any other: a change of it counts as a generation.
    prepareForUpdate: hasStatus ? base.prepareForUpdate : (next, current) => nextGeneration(next, current, []),
    validate: (object) => validateObject(jsonOf(object), schema),
    validateUpdate: (next, current) => checkUpdate(next, current, schema),
    validateStatusUpdate: (next) => checkStatus(next, schema),
  };
}

// What was wrong before and has not been touched may stay (Kubernetes calls it ratcheting).
function checkUpdate(next: KubeObject, current: KubeObject, schema: StructuralSchema): FieldError[] {
  const known = new Set(Object.keys(next).filter((name) => next[name] !== current[name]));
  return validateObject(jsonOf(next), schema).filter((error) => known.has(/^\w+/.exec(error.field)?.[0] ?? ""));
}

function jsonOf(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

function decodeCustom(body: JsonObject, resource: Resource, schema: StructuralSchema): DecodedObject {
  const given = { kind: textAt(body, "kind"), apiVersion: textAt(body, "apiVersion") };
  if (given.kind === "" || given.apiVersion === "")
    throw missingTypeMeta(body, resource, given.kind === "" ? "Kind" : "apiVersion");
  const unknownFields: string[] = [];
  const metadata = decodeMetadata(body, resource, unknownFields);
  const content = applyDefaults(prune(body, schema, unknownFields), schema);
  const object = { ...(isJsonObject(content) ? content : {}), metadata } as KubeObject;
  return { object, unknownFields: unknownFields.sort() };
}

function missingTypeMeta(body: JsonObject, resource: Resource, field: string): Error {
  const text = JSON.stringify(body);
  const shown = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  return badRequest(
    `the object provided is unrecognized (must be of type ${resource.kind}): Object '${field}' is missing in '${text}' (${shown})`,
  );
}

function decodeMetadata(body: JsonObject, resource: Resource, unknownFields: string[]): JsonObject {
  const given = body["metadata"] ?? {};
  const typeMeta = { kind: body["kind"], apiVersion: body["apiVersion"] };
  if (!isJsonObject(given)) {
    const why = `json: cannot unmarshal ${typeof given} into Go value of type v1.ObjectMeta`;
    throw cannotBeHandled(resource, typeMeta, why);
  }
  try {
    const decoded = decodeStruct(given, "ObjectMeta");
    unknownFields.push(...decoded.unknownFields.map((path) => `metadata.${path}`));
    return decoded.value;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw cannotBeHandled(resource, typeMeta, error.message);
  }
}

function finalizerWarnings({ metadata }: KubeObject): readonly string[] {
  const advice = "to avoid accidental conflicts with other finalizer writers";
  return (metadata.finalizers ?? [])
    .filter((finalizer) => !finalizer.includes("/") && !STANDARD_FINALIZERS.has(finalizer))
    .map((finalizer) => {
      const what = finalizer.includes(".") ? "including a path (/) " : "";
      return `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name ${what}${advice}`;
    });
}

/** What is wrong with the status alone, which is all that a write to `status` brings. */
function checkStatus(object: KubeObject, schema: StructuralSchema): FieldError[] {
  const statusSchema = schemaOfField(schema, "status");
  const status = at(object, "status");
  if (statusSchema === undefined || status === undefined) return [];
  // The messages name the fields as seen from the status.
  return validateValue(status, statusSchema, "").map((error) => ({
    ...error,
    field: error.field === "" ? "status" : `status.${error.field}`,
  }));
}

/** Refuses a body that says that it is of another kind or version than the path. */
export function requireKind(kind: Kind, object: KubeObject): void {
  const { resource } = kind;
  const expected = apiVersionOf(resource);
  if (object.apiVersion !== expected) {
    const given = object.apiVersion ?? "";
    throw badRequest(`the API version in the data (${given}) does not match the expected API version (${expected})`);
  }
  if (object.kind === resource.kind) return;
  throw invalid(kindName(kind), object.metadata.name ?? "", [
    invalidValue("kind", object.kind, `must be ${resource.kind}`),
  ]);
}
