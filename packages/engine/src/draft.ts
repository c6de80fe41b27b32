import type { GlobalOutputs } from "./scope/global-outputs.ts";
import type { NodeTree } from "./nodes/tree.ts";

/**
 * What passes over one saved state of a Workflow have come to. A pass can work all of it out again from the log; handed the draft, it
 * need not, and costs the same however far the saved Workflow lags behind.
 */
export interface Draft {
  readonly tree: NodeTree;
  readonly globals: GlobalOutputs;
}
