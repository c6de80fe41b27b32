import type { JsonObject, KubeObject } from "@outrigger/types";
import { asServed } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { findObject, nameOf } from "../objects/cluster-state.ts";
import type { ClusterState, ObjectName } from "../objects/cluster-state.ts";
import type { ObjectList } from "../objects/list-objects.ts";
import type { StoredObject } from "../store/stored-object.ts";
import type { BodyAnswer } from "./answer.ts";
import { readObject } from "./body.ts";
import { encoded, listJson, listMeta, objectJson, storedJson } from "./encode.ts";
import { negotiate } from "./media-type.ts";
import type { Representation } from "./media-type.ts";
import type { ApiRequest } from "./request.ts";
import type { ApiServices } from "./services.ts";
import { includeObject, metadataOnly, table } from "./table.ts";

/** A request for objects of a kind, as its path says it. */
export interface Call {
  readonly request: ApiRequest;
  readonly state: ClusterState;
  readonly services: ApiServices;
  readonly kind: Kind;
  /** undefined: all of them, or a kind that has none. */
  readonly namespace: string | undefined;
  /** Empty for a collection. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

export function target(call: Call): ObjectName {
  return { namespace: call.namespace, name: call.name };
}

/** The body, as an object of the kind that the call is about. */
export function readBody({ request, kind }: Call): Promise<JsonObject> {
  return readObject(request, kind.resource.kind, kind.shape.from === "struct" ? kind.shape.type : undefined);
}

/** Answers an object that a write made. */
export function answerObject(call: Call, status: number, object: KubeObject): BodyAnswer {
  const as = negotiate(call.request.accept);
  const stored = findObject(call.state, call.kind, nameOf(object));
  // What has been encoded to be stored need not be encoded again.
  if (as.as === "object" && stored?.object === object) return encoded(status, storedJson(call.kind, stored), as);
  const shown = as.as === "object" ? objectJson(call.kind, object) : reshape(call, as, object);
  return encoded(status, `${JSON.stringify(shown)}\n`, as);
}

/** Answers a stored object; without encoding it again where it is shown as it is stored. */
export function answerStored(call: Call, stored: StoredObject): BodyAnswer {
  const as = negotiate(call.request.accept);
  if (as.as === "object") return encoded(200, storedJson(call.kind, stored), as);
  return encoded(200, JSON.stringify(reshape(call, as, asServed(call.kind, stored.object))), as);
}

function reshape(call: Call, as: Representation, object: KubeObject): object {
  if (as.as === "metadata") return metadataOnly(object);
  const { resourceVersion } = object.metadata;
  return table(call.kind, [object], {
    metadata: { resourceVersion },
    include: includeObject(call.request.query),
    nowMs: call.state.clock.now(),
    withColumns: true,
  });
}

export function answerList(call: Call, list: ObjectList): BodyAnswer {
  const as = negotiate(call.request.accept);
  if (as.as === "object") return encoded(200, listJson(call.kind, list), as);
  const objects = list.items.map((stored) => asServed(call.kind, stored.object));
  return encoded(200, JSON.stringify(reshapeList(call, as, objects, listMeta(list))), as);
}

function reshapeList(call: Call, as: Representation, objects: readonly KubeObject[], metadata: object): object {
  if (as.as === "metadata") {
    const items = objects.map((object) => metadataOnly(object));
    return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items };
  }
  return table(call.kind, objects, {
    metadata,
    include: includeObject(call.request.query),
    nowMs: call.state.clock.now(),
    withColumns: true,
  });
}
