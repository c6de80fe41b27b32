import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { pathRefusals } from "./path-refusals.ts";
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
  const refusals = pathRefusals(call);
  if (!fitsScope(call)) return refusals.outOfScope(call);
  if (!hasSubresource(call)) throw refusals.noSubresource(call);
  const handler = isOffered(call) ? methodsOf(call).get(methodOf(call)) : undefined;
  if (handler === undefined) throw refusals.noMethod(call);
  return handler(call);
}

function methodOf({ request }: Call): string {
  return request.method === "HEAD" ? "GET" : request.method;
}

/** Objects of a kind that lives in namespaces are looked at everywhere, but named and written only there. */
function fitsScope(call: Call): boolean {
  const { kind, namespace, name } = call;
  if (!kind.resource.namespaced) return namespace === undefined;
  return namespace !== undefined || (name === "" && methodOf(call) === "GET");
}

function hasSubresource({ kind, subresource }: Call): boolean {
  return subresource === "" || kind.subresources.has(subresource);
}

function isOffered(call: Call): boolean {
  return methodOf(call) !== "DELETE" || call.name !== "" || call.kind.verbs.includes("deletecollection");
}

function methodsOf(call: Call): Methods {
  if (call.subresource !== "") return SUBRESOURCES.get(call.subresource) ?? new Map<string, Handler>();
  return call.name === "" ? COLLECTION : OBJECT;
}
