import { PATCH_CONTENT_TYPES } from "@outrigger/kube";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { Kind } from "../../kinds/kind.ts";
import { VERSION } from "../version.ts";
import { GROUP_VERSION_KIND, WRITE_PARAMETERS, groupVersionKind, objectPath } from "./patch-operation.ts";
import { collectStructSchemas, schemaName, schemaRef } from "./struct-schemas.ts";

/** OpenAPI v3 of one version of a group: its kinds for `kubectl explain`, and how they are written for `kubectl apply`. */
export function documentV3(kinds: readonly Kind[]): object {
  const schemas = new Map<string, JsonObject>();
  for (const kind of kinds) addSchema(kind, schemas);
  const paths = kinds.map((kind) => [objectPath(kind), { get: getOperation(kind), patch: patchOperation(kind) }]);
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: VERSION.gitVersion },
    paths: Object.fromEntries(paths) as object,
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function nameOf({ resource, shape }: Kind): string {
  if (shape.from === "struct") return schemaName(shape.type);
  return `${resource.group}.${resource.version}.${resource.kind}`;
}

function addSchema(kind: Kind, schemas: Map<string, JsonObject>): void {
  const name = nameOf(kind);
  const typeMeta = { apiVersion: { type: "string" }, kind: { type: "string" } };
  if (kind.shape.from === "struct") collectStructSchemas(kind.shape.type, schemas);
  else collectStructSchemas("ObjectMeta", schemas);
  const schema = kind.shape.from === "struct" ? (schemas.get(name) ?? {}) : (kind.shape.schema as JsonObject);
  const own = typeof schema["properties"] === "object" ? (schema["properties"] as JsonObject) : {};
  const metadata = { allOf: [schemaRef(schemaName("ObjectMeta"))] };
  const properties: JsonObject = { ...typeMeta, ...own, metadata };
  schemas.set(name, { ...schema, properties, [GROUP_VERSION_KIND]: [groupVersionKind(kind)] });
}

function queryParameters(): JsonValue {
  return WRITE_PARAMETERS.map((name) => ({ name, in: "query", schema: { type: "string" } }));
}

function answers(kind: Kind): JsonObject {
  const content = { "application/json": { schema: schemaRef(nameOf(kind)) } };
  return { "200": { description: "OK", content } };
}

function getOperation(kind: Kind): JsonObject {
  return { responses: answers(kind), "x-kubernetes-action": "get", [GROUP_VERSION_KIND]: groupVersionKind(kind) };
}

// Strategic merges are not named here: kubectl then makes them by the types that it knows itself, which says more than ours would.
const NAMED_PATCHES = [PATCH_CONTENT_TYPES.json, PATCH_CONTENT_TYPES.merge, PATCH_CONTENT_TYPES.apply];

function patchOperation(kind: Kind): JsonObject {
  const content = Object.fromEntries(NAMED_PATCHES.map((type) => [type, { schema: { type: "object" } }]));
  return {
    parameters: queryParameters(),
    requestBody: { content, required: true },
    responses: answers(kind),
    "x-kubernetes-action": "patch",
    [GROUP_VERSION_KIND]: groupVersionKind(kind),
  };
}
