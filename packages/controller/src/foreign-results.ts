import type { ObjectChange } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";

/**
 * Whether a task set, as our own write got it back, brings results that were not there before: an agent has written in between. The
 * watch will not tell of them, since the cache has them by then. We ourselves only take results out.
 */
export function hasForeignResults(change: ObjectChange): boolean {
  if (change.type === "deleted") return false;
  const before = change.type === "modified" ? resultsOf(change.previous) : {};
  return Object.entries(resultsOf(change.object)).some(([id, result]) => !isSame(before[id], result));
}

function resultsOf(object: KubeObject): JsonObject {
  const status = object["status"];
  const nodes = isJsonObject(status) ? status["nodes"] : undefined;
  return isJsonObject(nodes) ? nodes : {};
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
