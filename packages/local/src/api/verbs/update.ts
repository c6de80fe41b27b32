import type { KubeObject } from "@outrigger/types";
import { badRequest } from "../../errors/refusals.ts";
import { requireKind } from "../../kinds/custom-kind.ts";
import { updateObject } from "../../objects/update-object.ts";
import type { UpdateOptions } from "../../objects/update-object.ts";
import type { Answer } from "../answer.ts";
import { answerObject, readBody, target } from "../call.ts";
import type { Call } from "../call.ts";
import { acceptUnknown, refuseBody, writeOptions } from "../write-options.ts";

export async function handleUpdate(call: Call): Promise<Answer> {
  const { request, state, kind } = call;
  const options = writeOptions(request.query, "UpdateOptions");
  const decoded = kind.decode(await readBody(call));
  requireKind(kind, decoded.object);
  acceptUnknown(request, decoded, options, refuseBody(kind, decoded));
  request.warnings.push(...kind.strategy.warnings(decoded.object));
  const wanted = named(call, decoded.object);
  const mayCreate = kind.strategy.createOnUpdate && call.subresource === "";
  const updated = updateObject(
    state,
    kind,
    {
      ...target(call),
      uid: wanted.metadata.uid,
      subresource: writableSubresource(call.subresource),
      dryRun: options.dryRun,
      ...(mayCreate ? { create: () => wanted } : {}),
    },
    (current) => keepManagers(wanted, current),
  );
  return answerObject(call, updated.created ? 201 : 200, updated.object);
}

export function writableSubresource(subresource: string): UpdateOptions["subresource"] {
  return subresource === "status" || subresource === "finalize" ? subresource : undefined;
}

/** The object, if it is called as the path says. */
export function named(call: Call, object: KubeObject): KubeObject {
  const { name } = object.metadata;
  if (name === call.name) return object;
  if (name === undefined) {
    throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`);
  }
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
}

/** Who applied what is kept by the server, whatever a client sends (LIMITS.md). */
export function keepManagers(wanted: KubeObject, current: KubeObject): KubeObject {
  const { managedFields: _given, ...metadata } = wanted.metadata;
  const { managedFields } = current.metadata;
  return { ...wanted, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}
