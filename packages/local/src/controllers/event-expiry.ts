import type { ClusterState } from "../objects/cluster-state.ts";
import type { Controller } from "./controller.ts";

const KEPT_MS = 60 * 60_000;

interface Seen {
  readonly key: string;
  readonly version: number;
  readonly atMs: number;
}

/** Drops events that nothing has been added to for an hour. Looks when a new one comes: so long nobody is hurt by the old ones. */
export function eventExpiry(state: ClusterState): Controller {
  const seen: Seen[] = [];
  const dropOld = (): void => {
    const events = state.store.collection("events");
    const oldest = state.clock.now() - KEPT_MS;
    while (seen[0] !== undefined && seen[0].atMs < oldest) {
      const { key, version } = seen[0];
      seen.shift();
      // One that was written again since then stands further back as well.
      if (events.get(key)?.version === version) state.store.remove("events", key);
    }
  };
  return ({ type, object }, collection) => {
    if (collection !== "events" || type === "DELETED") return;
    seen.push({ key: object.key, version: object.version, atMs: state.clock.now() });
    dropOld();
  };
}
