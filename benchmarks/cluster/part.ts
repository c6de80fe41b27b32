import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";

/** The object that stands there; an empty one, if none does. */
export function part(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
