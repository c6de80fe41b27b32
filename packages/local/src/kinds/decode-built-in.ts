import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { apiVersionOf } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import { badRequest } from "../errors/refusals.ts";
import { DecodeError, decodeStruct } from "../schema/decode-struct.ts";
import type { DecodedObject } from "./kind.ts";

/** Reads a body as an object of a built-in kind. */
export function decodeBuiltIn(body: JsonObject, resource: Resource, structName: string): DecodedObject {
  const { kind = resource.kind, apiVersion = apiVersionOf(resource), ...content } = body;
  const problem = wrongTypeMeta(resource, kind, apiVersion);
  if (problem !== undefined) throw cannotBeHandled(resource, { kind, apiVersion }, problem);
  try {
    const { value, unknownFields } = decodeStruct(content, structName);
    return {
      object: { kind: resource.kind, apiVersion: apiVersionOf(resource), ...(value as object) } as KubeObject,
      unknownFields,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw cannotBeHandled(resource, { kind, apiVersion }, error.message);
  }
}

function wrongTypeMeta(resource: Resource, kind: JsonValue, apiVersion: JsonValue): string | undefined {
  const expected = apiVersionOf(resource);
  if (apiVersion !== expected) {
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
  }
  return kind === resource.kind ? undefined : `it is a ${JSON.stringify(kind)}`;
}

/** What Kubernetes says about a body that is no object of the kind that the path asks for. */
export function cannotBeHandled(
  resource: Resource,
  given: { readonly kind: unknown; readonly apiVersion: unknown },
  why: string,
): Error {
  const version = String(given.apiVersion).split("/").at(-1) ?? "";
  return badRequest(
    `${String(given.kind)} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${why}`,
  );
}
