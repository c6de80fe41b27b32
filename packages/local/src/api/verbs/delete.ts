import { deleteObject } from "../../objects/delete-object.ts";
import type { Answer } from "../answer.ts";
import { jsonAnswer } from "../answer.ts";
import { answerObject, target } from "../call.ts";
import type { Call } from "../call.ts";
import { deleteOptions } from "../delete-options.ts";

export async function handleDelete(call: Call): Promise<Answer> {
  const { request, state, kind } = call;
  const options = await deleteOptions(request);
  const deleted = deleteObject(state, kind, target(call), options);
  const status = !deleted.gone && options.orphanDependents === false ? 202 : 200;
  if (!deleted.gone || kind.strategy.returnsDeleted) return answerObject(call, status, deleted.object);
  const { group, plural } = kind.resource;
  const { name, uid } = deleted.object.metadata;
  return jsonAnswer(status, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, ...(group === "" ? {} : { group }), kind: plural, uid },
  });
}
