import { systemClock } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { randomBytes } from "node:crypto";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { InProcessMain } from "./containers/in-process.ts";
import type { PodApi } from "./pod-api.ts";
import type { Backoff } from "./pod-lifecycle.ts";

/** What stands in for the entrypoint of an image that is only a name here. */
export interface LocalCommand {
  readonly command: readonly string[];
  readonly workingDir?: string;
}

interface RuntimeLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface PodRuntimeOptions {
  readonly api: PodApi;
  /** Where containers are told to find the Kubernetes API: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
  readonly kubernetesService: { readonly host: string; readonly port: number };
  /** The environment of this process; containers see an allow-list of it. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Images whose containers run as functions of this process. */
  readonly inProcess?: Readonly<Record<string, InProcessMain>>;
  /** Asked for containers without a command. */
  readonly localCommand?: (pod: KubeObject, container: string) => LocalCommand | undefined;
  /** The one node that there is. Default "local". */
  readonly nodeName?: string;
  /** Where the runtime makes a folder of its own, for volumes and logs, and removes it at the end. Default: the system's temporary folder. */
  readonly stateDir?: string;
  /** Files and folders of others that go at the end as well, also when this process is killed. */
  readonly alsoRemove?: readonly string[];
  /** `none` switches namespaces off even where the kernel has them. Default "auto". */
  readonly isolation?: "auto" | "none";
  /** Pods that are gone whose logs can still be read. Default 50. */
  readonly keepLogs?: number;
  /** Size at which a log is cut off; twice as much is kept. Default 10 MiB. */
  readonly maxLogBytes?: number;
  /** Delay before the second restart of a container, and its limit. Default 1 s, growing to 5 min. */
  readonly backoff?: Backoff;
  /** How long containers may take to end when the runtime stops. Default 2 s. */
  readonly stopGraceMs?: number;
  readonly clock?: Clock;
  readonly logger?: RuntimeLogger;
}

export interface ResolvedRuntimeOptions extends Required<
  Omit<PodRuntimeOptions, "hostEnv" | "inProcess" | "stateDir">
> {
  /** Unlike any other runtime's. */
  readonly runtimeId: string;
  /** All that the runtime writes is in here. */
  readonly folder: string;
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly inProcess: ReadonlyMap<string, InProcessMain>;
  readonly machine: { readonly cpus: number; readonly memoryBytes: number; readonly nodePath: string };
}

const MIB = 1024 * 1024;

export function resolveOptions({ stateDir = tmpdir(), ...options }: PodRuntimeOptions): ResolvedRuntimeOptions {
  const runtimeId = randomBytes(6).toString("hex");
  return {
    runtimeId,
    folder: join(stateDir, `outrigger-pods-${runtimeId}`),
    alsoRemove: [],
    nodeName: "local",
    isolation: "auto",
    keepLogs: 50,
    maxLogBytes: 10 * MIB,
    backoff: { initialMs: 1_000, maxMs: 300_000 },
    stopGraceMs: 2_000,
    clock: systemClock,
    logger: { warn: () => undefined },
    localCommand: () => undefined,
    ...options,
    inProcess: new Map(Object.entries(options.inProcess ?? {})),
    machine: { cpus: availableParallelism(), memoryBytes: totalmem(), nodePath: process.execPath },
  };
}
