import type { ClusterState } from "../objects/cluster-state.ts";
import type { ControllerContext } from "./controller.ts";
import { DeferredWork } from "./deferred-work.ts";
import { definitions } from "./definitions.ts";
import { eventExpiry } from "./event-expiry.ts";
import { namespaceContents } from "./namespace-contents.ts";
import { namespaceDeletion } from "./namespace-deletion.ts";
import { ownerGarbageCollection } from "./owner-gc.ts";

/** Starts what keeps a cluster in order beside its API; answers how to stop it. */
export function startControllers(state: ClusterState, caPem: string): () => void {
  const work = new DeferredWork();
  const context: ControllerContext = { state, work };
  const stops = [
    definitions(context),
    namespaceContents(state, caPem),
    namespaceDeletion(context),
    ownerGarbageCollection(context),
    eventExpiry(state),
  ].map((controller) => state.store.subscribe(controller));
  return () => {
    for (const stop of stops) stop();
    work.stop();
  };
}
