import type { KubeObject } from "@outrigger/types";
import { badRequest } from "../../errors/refusals.ts";
import { updateObject } from "../../objects/update-object.ts";
import type { UpdateOptions } from "../../objects/update-object.ts";
import type { Answer } from "../answer.ts";
import { answerObject, readBody, target } from "../call.ts";
import type { Call } from "../call.ts";
import { acceptUnknown, writeOptions } from "../write-options.ts";

export async function handleUpdate(call: Call): Promise<Answer> {
  const { request, state, kind } = call;
  const options = writeOptions(request.query, "UpdateOptions");
  const decoded = kind.decode(await readBody(call));
  acceptUnknown(request, kind, decoded, options);
  const wanted = named(call, decoded.object);
  const mayCreate = kind.strategy.createOnUpdate && call.subresource === "";
  const updated = updateObject(
    state,
    kind,
    {
      ...target(call),
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

function named(call: Call, object: KubeObject): KubeObject {
  const { name } = object.metadata;
  if (name === undefined) throw badRequest("name is required in the object");
  if (name === call.name) return object;
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
}

/** Who applied what is kept by the server, whatever a client sends (LIMITS.md). */
export function keepManagers(wanted: KubeObject, current: KubeObject): KubeObject {
  const { managedFields: _given, ...metadata } = wanted.metadata;
  const { managedFields } = current.metadata;
  return { ...wanted, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}
