import { getObject } from "../../objects/cluster-state.ts";
import type { Answer } from "../answer.ts";
import { answerStored, target } from "../call.ts";
import type { Call } from "../call.ts";

export function handleGet(call: Call): Answer {
  return answerStored(call, getObject(call.state, call.kind, target(call)));
}
