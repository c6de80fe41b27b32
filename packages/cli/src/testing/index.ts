export { startLocalCluster } from "./local-cluster.ts";
export type { LocalCluster, LocalClusterOptions, RunOptions } from "./local-cluster.ts";
export type { NodeRun, WorkflowRun } from "./workflow-run.ts";
