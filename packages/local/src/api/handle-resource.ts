import { badRequest, methodNotAllowed, noSuchResource, notFound } from "../errors/refusals.ts";
import { resourceName } from "../kinds/kind.ts";
import { PATH_NOT_FOUND } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { flag } from "./request.ts";
import { handleLog } from "./subresources/log.ts";
import { handleToken } from "./subresources/token.ts";
import { handleCreate } from "./verbs/create.ts";
import { handleDeleteCollection } from "./verbs/delete-collection.ts";
import { handleDelete } from "./verbs/delete.ts";
import { handleGet } from "./verbs/get.ts";
import { handleList } from "./verbs/list.ts";
import { handlePatch } from "./verbs/patch.ts";
import { handleUpdate } from "./verbs/update.ts";
import { handleWatch } from "./verbs/watch.ts";

type Handler = (call: Call) => Answer | Promise<Answer>;
type Methods = ReadonlyMap<string, Handler>;

const COLLECTION: Methods = new Map<string, Handler>([
  ["GET", (call) => (flag(call.request.query, "watch") ? handleWatch(call) : handleList(call))],
  ["POST", handleCreate],
  ["DELETE", handleDeleteCollection],
]);

const OBJECT: Methods = new Map<string, Handler>([
  ["GET", handleGet],
  ["PUT", handleUpdate],
  ["PATCH", handlePatch],
  ["DELETE", handleDelete],
]);

const STATUS: Methods = new Map<string, Handler>([
  ["GET", handleGet],
  ["PUT", handleUpdate],
  ["PATCH", handlePatch],
]);

const SUBRESOURCES: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ["status", STATUS],
  ["finalize", new Map<string, Handler>([["PUT", handleUpdate]])],
  ["log", new Map<string, Handler>([["GET", handleLog]])],
  ["token", new Map<string, Handler>([["POST", handleToken]])],
]);

/** Finds the verb for a request about a kind. */
export function handleResource(call: Call): Answer | Promise<Answer> {
  const method = call.request.method === "HEAD" ? "GET" : call.request.method;
  const isCustom = call.kind.shape.from === "schema";
  if (!fitsScope(call)) return isCustom ? PATH_NOT_FOUND : refuseScope(call, method);
  if (call.subresource !== "" && !call.kind.subresources.has(call.subresource)) {
    throw isCustom ? notFound(resourceName(call.kind), call.name) : noSuchResource();
  }
  const handler = methodsOf(call).get(method);
  if (handler !== undefined && isOffered(call, method)) return handler(call);
  const lacksName = isCustom && call.name === "" && (method === "PUT" || method === "PATCH");
  throw lacksName ? badRequest("name must be provided") : methodNotAllowed();
}

/** Objects of a kind that lives in namespaces are looked at everywhere, but named and written only there. */
function fitsScope({ kind, namespace, name, request }: Call): boolean {
  if (!kind.resource.namespaced) return namespace === undefined;
  return namespace !== undefined || (name === "" && request.method === "GET");
}

function refuseScope(call: Call, method: string): never {
  const isCollection = call.name === "" && call.kind.resource.namespaced && COLLECTION.has(method);
  throw isCollection ? methodNotAllowed() : noSuchResource();
}

function isOffered(call: Call, method: string): boolean {
  return method !== "DELETE" || call.name !== "" || call.kind.verbs.includes("deletecollection");
}

function methodsOf(call: Call): Methods {
  if (call.subresource !== "") return SUBRESOURCES.get(call.subresource) ?? new Map<string, Handler>();
  return call.name === "" ? COLLECTION : OBJECT;
}
