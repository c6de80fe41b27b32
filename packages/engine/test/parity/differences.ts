/** Where our end of a case may differ from the recorded one. An entry that is no longer needed fails the test. */
export interface Difference {
  readonly case: string;
  readonly reason: string;
  /** What is allowed to differ: `message`, `nodes.WF.phase`; a name that ends in `*` stands for all that begin like this. */
  readonly fields: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    case: "global-name",
    reason: "Argo leaves the globalName of a plugin's output out of account, and hands the tag itself to the next step",
    fields: ["outputs.global-x", "nodes.WF[1].use.message", "nodes.WF[1].use.inputs.v"],
  },
  {
    case: "timeout-pending-and-running",
    reason:
      "the message also says after how long; in Argo it takes the place of what the callers otherwise say of a child that failed",
    fields: ["message", "nodes.WF.message", "nodes.WF[0].message", "nodes.WF[0].long.message"],
  },
  {
    case: "dag-cycle",
    reason: "the message also names the tasks of the cycle",
    fields: ["message"],
  },
  {
    case: "unresolved-tag",
    reason: "the message also says where the tag stands, and what is known there",
    fields: ["message"],
  },
  {
    case: "undeclared-output",
    reason: "the message also says where the tag stands, and what is known there",
    fields: ["message"],
  },
  {
    case: "with-param-not-json",
    reason: "the recorded message ends in the words of Go's JSON parser",
    fields: ["message", "nodes.WF.message", "nodes.WF[0].message"],
  },
  {
    case: "fan-in-not-json",
    reason:
      "Argo ends the Workflow in error because the results of a loop are no JSON, though nobody asks for their list " +
      "(argo-workflows#10358, #14439); ours puts such results into the list as text",
    fields: ["phase", "message", "progress", "nodes.*"],
  },
  {
    case: "stop",
    reason: "Argo leaves the polled node running for ever (README of the recordings); ours ends it",
    fields: ["nodes.WF[0].long.phase", "nodes.WF[0].long.message"],
  },
];

/** Where the whole system differs, with our agent and other plugins around. */
export const SYSTEM_DIFFERENCES: readonly Difference[] = [
  {
    case: "unknown-key",
    reason: "the message names the plugins that were asked: on the cluster there is one more",
    fields: ["message", "nodes.WF.message"],
  },
  {
    case: "dag-fail-fast",
    reason: "what a plugin says last takes the place of what it said before, be it nothing; Argo keeps the message of the last poll",
    fields: ["nodes.WF.slow.message"],
  },
  {
    case: "workflow-hooks",
    reason: "as in dag-fail-fast",
    fields: ["nodes.WF.message"],
  },
];
