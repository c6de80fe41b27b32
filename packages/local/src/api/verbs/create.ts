import { createObject } from "../../objects/create-object.ts";
import { requireKind } from "../../kinds/custom-kind.ts";
import type { Answer } from "../answer.ts";
import { answerObject, readBody } from "../call.ts";
import type { Call } from "../call.ts";
import { acceptUnknown, refuseBody, writeOptions } from "../write-options.ts";

export async function handleCreate(call: Call): Promise<Answer> {
  const { request, state, kind, namespace } = call;
  const options = writeOptions(request.query, "CreateOptions");
  const decoded = kind.decode(await readBody(call));
  requireKind(kind, decoded.object);
  acceptUnknown(request, decoded, options, refuseBody(kind, decoded));
  request.warnings.push(...kind.strategy.warnings(decoded.object));
  const { managedFields: _ours, ...metadata } = decoded.object.metadata;
  const object = createObject(state, kind, { ...decoded.object, metadata }, { namespace, dryRun: options.dryRun });
  return answerObject(call, 201, object);
}
