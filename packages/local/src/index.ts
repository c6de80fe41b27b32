export type { LogOptions, ReadLog } from "./api/services.ts";
export { startLocalCluster } from "./local-cluster.ts";
export type { LocalCluster } from "./local-cluster.ts";
export type { LocalClusterOptions, PodRuntime, PodRuntimeContext, StartPodRuntime } from "./options.ts";
export type { PodApi } from "./runtime/pod-api.ts";
export type { InProcessContext, InProcessMain } from "./runtime/containers/in-process.ts";
export type { LocalCommand, PodRuntimeOptions } from "./runtime/options.ts";
export { probeIsolation } from "./runtime/sandbox/probe.ts";
export { startPodRuntime } from "./runtime/process-runtime.ts";
