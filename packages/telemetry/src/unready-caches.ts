import { errorText } from "./logger.ts";

/** A cache of what is in the API, as far as this matters here. */
export interface SyncedCache {
  readonly hasSynced: boolean;
  readonly state: { readonly lastError?: unknown };
  /** It has been filled, and is refused what came later. */
  readonly refusal?: unknown;
}

/** Which caches do not tell what is in the API, by their names, and why: for /readyz. */
export function unreadyCaches(caches: Readonly<Record<string, SyncedCache>>): readonly string[] {
  return Object.entries(caches).flatMap(([name, { hasSynced, state, refusal }]) => {
    const error = hasSynced ? refusal : state.lastError;
    if (hasSynced && error === undefined) return [];
    const why = error === undefined ? "" : `: ${errorText(error)}`;
    return [`the cache of ${name} ${hasSynced ? "is not kept up to date" : "has not synced"}${why}`];
  });
}
