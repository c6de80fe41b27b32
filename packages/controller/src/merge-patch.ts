import { isJsonObject } from "@outrigger/types";

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; undefined where they are the same. Lists are replaced whole.
 * Saving a Workflow thus costs the bytes of what changed, not of all its nodes.
 */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isJsonObject(before) || !isJsonObject(after)) return sameJson(before, after) ? undefined : after;
  const changed = Object.entries(after).flatMap(([key, value]) => {
    const change = value === undefined ? undefined : mergePatch(before[key], value);
    return change === undefined ? [] : [[key, change] as const];
  });
  const removed = Object.keys(before)
    .filter((key) => after[key] === undefined && before[key] !== null)
    .map((key) => [key, null] as const);
  const patch = Object.fromEntries([...changed, ...removed]);
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  return Array.isArray(left) && Array.isArray(right) && JSON.stringify(left) === JSON.stringify(right);
}
