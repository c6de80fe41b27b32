import { ApiError } from "../errors/api-error.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import type { Change } from "../store/history.ts";
import type { DeferredWork } from "./deferred-work.ts";

/** What a controller may use. */
export interface ControllerContext {
  readonly state: ClusterState;
  readonly work: DeferredWork;
}

/** Hears of every write. */
export type Controller = (change: Change, collection: string) => void;

/** Between a decision and its turn the object may have gone or changed; then there is nothing to do. */
export function ifStillThere(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
