import { kindName } from "../../kinds/kind.ts";
import { checkTypeMeta } from "../../kinds/custom-kind.ts";
import { invalid } from "../../errors/refusals.ts";
import { createObject } from "../../objects/create-object.ts";
import type { Answer } from "../answer.ts";
import { answerObject, readBody } from "../call.ts";
import type { Call } from "../call.ts";
import { acceptUnknown, refuseBody, writeOptions } from "../write-options.ts";

export async function handleCreate(call: Call): Promise<Answer> {
  const { request, state, kind, namespace } = call;
  const options = writeOptions(request.query, "CreateOptions");
  const decoded = kind.decode(await readBody(call));
  const wrongType = checkTypeMeta(decoded.object, kind.resource);
  if (wrongType.length > 0) throw invalid(kindName(kind), decoded.object.metadata.name ?? "", wrongType);
  acceptUnknown(request, decoded, options, refuseBody(kind, decoded));
  const { managedFields: _ours, ...metadata } = decoded.object.metadata;
  const object = createObject(state, kind, { ...decoded.object, metadata }, { namespace, dryRun: options.dryRun });
  return answerObject(call, 201, object);
}
