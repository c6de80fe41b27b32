import { errorText } from "./logger.ts";

/** A cache of what is in the API, as far as this matters here. */
export interface SyncedCache {
  readonly hasSynced: boolean;
  readonly state: { readonly lastError?: unknown };
}

/** Which caches have not been filled yet, by their names, and why: for /readyz. */
export function notSynced(caches: Readonly<Record<string, SyncedCache>>): readonly string[] {
  return Object.entries(caches)
    .filter(([, { hasSynced }]) => !hasSynced)
    .map(([name, { state }]) => {
      const why = state.lastError === undefined ? "" : `: ${errorText(state.lastError)}`;
      return `the cache of ${name} has not synced${why}`;
    });
}
