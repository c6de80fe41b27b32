import { methodNotAllowed, noSuchResource } from "../errors/refusals.ts";
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
  const handler = methodsFor(call).get(call.request.method === "HEAD" ? "GET" : call.request.method);
  if (handler === undefined) throw methodNotAllowed();
  return handler(call);
}

function methodsFor(call: Call): Methods {
  if (call.subresource !== "") {
    if (!call.kind.subresources.has(call.subresource)) throw noSuchResource();
    return SUBRESOURCES.get(call.subresource) ?? new Map();
  }
  if (call.name !== "") return OBJECT;
  // Across namespaces one can look, but not write.
  const isEverywhere = call.kind.resource.namespaced && call.namespace === undefined;
  return isEverywhere ? new Map([...COLLECTION].filter(([method]) => method === "GET")) : COLLECTION;
}
