import { ApiError } from "../../errors/api-error.ts";
import { nameOf } from "../../objects/cluster-state.ts";
import { deleteObject } from "../../objects/delete-object.ts";
import type { DeleteOptions } from "../../objects/delete-object.ts";
import { listObjects } from "../../objects/list-objects.ts";
import type { StoredObject } from "../../store/stored-object.ts";
import type { Answer } from "../answer.ts";
import { answerList } from "../call.ts";
import type { Call } from "../call.ts";
import { deleteOptions } from "../delete-options.ts";
import { listOptions } from "./list.ts";

/** Deletes what a list would have shown, and shows it. */
export async function handleDeleteCollection(call: Call): Promise<Answer> {
  const options = await deleteOptions(call.request);
  const list = listObjects(call.state, call.kind, listOptions(call));
  for (const stored of list.items) deleteIfThere(call, stored, options);
  return answerList(call, list);
}

function deleteIfThere(call: Call, stored: StoredObject, options: DeleteOptions): void {
  try {
    deleteObject(call.state, call.kind, nameOf(stored.object), options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.code !== 404) throw error;
  }
}
