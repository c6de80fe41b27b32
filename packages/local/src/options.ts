import { systemClock } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import type { ReadLog } from "./api/services.ts";
import type { PodApi } from "./runtime/pod-api.ts";

/** What runs the pods of a cluster. */
export interface PodRuntime {
  readonly readLog: ReadLog;
  /** Ends every process that it started. */
  stop(): Promise<void>;
}

/** What a pod runtime is started with. */
export interface PodRuntimeContext {
  readonly api: PodApi;
  readonly kubernetesService: { readonly host: string; readonly port: number };
  readonly stateDir: string;
  /** To be removed with the runtime's own files when this process dies without a word. */
  readonly alsoRemove: readonly string[];
  readonly clock: Clock;
}

export type StartPodRuntime = (context: PodRuntimeContext) => PodRuntime | Promise<PodRuntime>;

export interface LocalClusterOptions {
  /** CustomResourceDefinitions that are there from the start. */
  readonly crds?: readonly JsonObject[];
  /** Namespaces that are there beside default and kube-system. */
  readonly namespaces?: readonly string[];
  /** Default: any that is free. */
  readonly port?: number;
  /** Where the kubeconfig stands. Default: a new folder in the system's temporary one, removed at the end. */
  readonly stateDir?: string;
  readonly clock?: Clock;
  /** Default: pods are kept, and none runs. */
  readonly startPodRuntime?: StartPodRuntime;
}

export interface ResolvedOptions {
  readonly crds: readonly JsonObject[];
  readonly namespaces: readonly string[];
  readonly port: number;
  readonly stateDir: string | undefined;
  readonly clock: Clock;
  readonly startPodRuntime: StartPodRuntime | undefined;
}

const OWN_NAMESPACES = ["default", "kube-system"];

export function resolveOptions(options: LocalClusterOptions): ResolvedOptions {
  return {
    crds: options.crds ?? [],
    namespaces: [...new Set([...OWN_NAMESPACES, ...(options.namespaces ?? [])])],
    port: options.port ?? 0,
    stateDir: options.stateDir,
    clock: options.clock ?? systemClock,
    startPodRuntime: options.startPodRuntime,
  };
}
