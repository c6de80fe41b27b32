import type { Informer, KubeClient } from "@outrigger/kube";
import type { WritesByClient } from "./processes/request-counter.ts";

/** A whole system, as it is measured: processes of this machine, or a cluster. */
export interface Target extends AsyncDisposable {
  readonly client: KubeClient;
  /** Where Workflows are submitted. */
  readonly namespace: string;
  /** Workflows that have ended. */
  readonly ended: Informer;
  /** Pods that go when their Workflow does. */
  readonly pods: Informer;
  /** Resolves when it is as it is to be found by Workflows. */
  whenReady(): Promise<void>;
  /** What was written since the last time, as the API server has counted it. */
  takeWrites(): Promise<WritesByClient>;
  /** Memory at this moment, in bytes, as far as it can be told. */
  currentMemory(): Readonly<Record<string, number>>;
  /** Peak memory since the last time, in bytes. */
  takePeakMemory(): Readonly<Record<string, number>>;
}
