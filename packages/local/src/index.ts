export type { LogOptions, ReadLog } from "./api/services.ts";
export { startLocalCluster } from "./local-cluster.ts";
export type { LocalCluster } from "./local-cluster.ts";
export type { LocalClusterOptions, PodRuntime, PodRuntimeContext, StartPodRuntime } from "./options.ts";
export type { PodApi } from "./runtime/pod-api.ts";
