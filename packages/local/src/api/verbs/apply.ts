import { unsupportedMediaType } from "../../errors/refusals.ts";
import type { Answer } from "../answer.ts";
import type { Call } from "../call.ts";

export async function handleApply(_call: Call): Promise<Answer> {
  throw unsupportedMediaType([]);
}
