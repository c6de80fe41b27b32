// Owns: the pods of the one node: which are taken on, in which order they get ports, and the end of all.
// Does not own: a pod's own life (pod-worker.ts).
// Invariants:
//  R1 pods wait for ports in the order in which they came; one that waits holds none;
//  R2 after `stop` nothing runs and the state folder is gone: the watchdog sees to it, as it would had we been killed.
import { formatIssues } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RuntimeServices } from "./containers/container-starter.ts";
import { OutputPipes } from "./containers/output-pipes.ts";
import { movablePort } from "./env.ts";
import { LogStore } from "./logs/log-store.ts";
import type { ReadLogOptions } from "./logs/read-log.ts";
import { resolveOptions } from "./options.ts";
import type { PodRuntimeOptions, ResolvedRuntimeOptions } from "./options.ts";
import type { PodRef } from "./pod-api.ts";
import { PodWorker } from "./pod-worker.ts";
import type { PodHost } from "./pod-worker.ts";
import { PortLocks } from "./port-locks.ts";
import { PortLedger } from "./ports.ts";
import type { PortClaim } from "./ports.ts";
import { probeIsolation } from "./sandbox/probe.ts";
import type { Isolation } from "./sandbox/sandbox.ts";
import { podSpecParser } from "./spec/pod-spec.ts";
import type { PodSpec } from "./spec/pod-spec.ts";
import { Watchdog } from "./watchdog.ts";

export interface PodRuntime {
  /** What containers have of their own on this machine. */
  readonly isolation: Isolation;
  /** The log of a container, also of a pod that is gone but not yet forgotten. Throws a LogError, at once, if there is none. */
  readonly readLog: (
    namespace: string,
    name: string,
    container: string,
    options?: ReadLogOptions,
  ) => AsyncIterable<Buffer>;
  /** Ends all containers and removes all that the runtime made. */
  stop(): Promise<void>;
}

/** Runs the pods of the API as child processes of this one, from now on. */
export async function startPodRuntime(given: PodRuntimeOptions): Promise<PodRuntime> {
  const options = resolveOptions(given);
  const watchdog = new Watchdog(options.folder, options.alsoRemove);
  try {
    const isolation = await chooseIsolation(options);
    if (isolation.kind === "none") {
      options.logger.warn(
        { reason: isolation.why },
        "containers run without namespaces: volumes are not at their paths",
      );
      watchdog.sweepLast(`${options.runtimeId}.`);
    }
    const pipes = new OutputPipes(join(options.folder, "pipes"));
    let numbers = 0;
    const portLocks = new PortLocks();
    return new ProcessRuntime({ options, isolation, watchdog, pipes, portLocks, nextNumber: () => numbers++ });
  } catch (error) {
    await watchdog.finish();
    throw error;
  }
}

async function chooseIsolation({ isolation, folder: parent, hostEnv }: ResolvedRuntimeOptions): Promise<Isolation> {
  if (isolation === "none") return { kind: "none", why: "namespaces are switched off" };
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (process.platform !== "linux" || uid === undefined || gid === undefined) {
    return { kind: "none", why: "this system has no namespaces" };
  }
  const folder = join(parent, "probe");
  mkdirSync(folder);
  return probeIsolation({ folder, path: hostEnv["PATH"] ?? "", uid, gid });
}

/** Who holds a port. */
interface PortHolder {
  readonly worker: PodWorker;
  readonly container: string;
}

class ProcessRuntime implements PodRuntime {
  readonly #services: RuntimeServices;
  readonly #logStore: LogStore;
  readonly #host: PodHost;
  readonly #ports: PortLedger<PortHolder>;
  readonly #workers = new Map<string, PodWorker>();
  /** Pods without a place yet, in the order in which they came. */
  readonly #waiting = new Set<PodWorker>();
  readonly #unsubscribe: () => void;
  #stopping: Promise<void> | undefined;

  constructor(services: RuntimeServices) {
    const { options } = services;
    this.#services = services;
    this.#ports = new PortLedger(services.portLocks);
    this.#logStore = new LogStore({
      folder: join(options.folder, "logs"),
      maxBytes: options.maxLogBytes,
      keepLogs: options.keepLogs,
      now: () => options.clock.now(),
    });
    this.#host = {
      services,
      logStore: this.#logStore,
      progressed: () => this.#placeWaiting(),
      finished: (worker) => this.#release(worker),
      gone: (worker) => void this.#workers.delete(worker.ref.uid),
    };
    this.#unsubscribe = options.api.watchPods({
      changed: (pod) => this.#changed(pod),
      removed: (pod) => this.#workers.get(pod.metadata.uid ?? "")?.removed(),
    });
  }

  get isolation(): Isolation {
    return this.#services.isolation;
  }

  // Handed on without its owner.
  readonly readLog: PodRuntime["readLog"] = (namespace, name, container, options = {}) =>
    this.#logStore.read({ namespace, name }, container, options);

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#unsubscribe();
    const { stopGraceMs } = this.#services.options;
    await Promise.all([...this.#workers.values()].map((worker) => worker.shutDown(stopGraceMs)));
    await this.#services.watchdog.finish(); // R2
  }

  #changed(pod: KubeObject): void {
    const { namespace, name, uid } = pod.metadata;
    if (namespace === undefined || name === undefined || uid === undefined) return;
    const worker = this.#workers.get(uid);
    if (worker === undefined) this.#takeOn(pod, { namespace, name, uid });
    else worker.update(pod);
  }

  #takeOn(pod: KubeObject, ref: PodRef): void {
    const parsed = podSpecParser(pod["spec"], "spec");
    const nodeName = parsed.ok ? parsed.value.nodeName : undefined;
    if (nodeName !== undefined && nodeName !== this.#services.options.nodeName) return;
    const worker = new PodWorker(pod, ref, parsed.ok ? parsed.value : NOTHING_TO_RUN, this.#host);
    this.#workers.set(ref.uid, worker);
    if (!parsed.ok) worker.end({ kind: "refused", message: formatIssues(parsed.issues) }, 0);
    else if (pod.metadata.deletionTimestamp === undefined) this.#waiting.add(worker);
    if (pod.metadata.deletionTimestamp !== undefined) worker.update(pod);
    this.#placeWaiting();
  }

  // R1
  #placeWaiting(): void {
    for (const worker of this.#waiting) this.#place(worker);
  }

  #place(worker: PodWorker): void {
    if (worker.isEnding) return void this.#waiting.delete(worker);
    const conflict = this.#ports.claim(fixedPorts(worker));
    if (conflict === undefined) {
      this.#waiting.delete(worker);
      void this.#bind(worker);
    } else {
      this.#askToHandOver(conflict, worker);
      // Where there was nothing to stop, the place is already taken.
      if (this.#waiting.has(worker)) worker.unschedulable(describeConflict(conflict, worker));
    }
  }

  async #bind(worker: PodWorker): Promise<void> {
    try {
      const moved = new Map<number, number>();
      for (const { port, holder } of movablePorts(worker)) {
        const given = await this.#ports.claimMovable({ port, holder });
        if (given !== port) moved.set(port, given);
      }
      if (!worker.isEnding) return worker.bind(moved);
    } catch (error) {
      worker.unschedulable(`no port can be found for it: ${String(error)}`);
    }
    this.#release(worker);
  }

  #askToHandOver({ port, holder }: PortClaim<PortHolder>, { ref }: PodWorker): void {
    const { worker } = holder;
    if (worker.isEnding || !worker.canHandOver) return;
    const message = `stopped after its work was done: pod ${ref.namespace}/${ref.name} needs port ${port}`;
    worker.end({ kind: "handed over", message }, worker.spec.terminationGracePeriodSeconds * 1_000);
  }

  #release(worker: PodWorker): void {
    this.#waiting.delete(worker);
    this.#ports.release((holder) => holder.worker === worker);
    this.#placeWaiting();
  }
}

const NOTHING_TO_RUN: PodSpec = {
  serviceAccountName: "",
  restartPolicy: "Never",
  terminationGracePeriodSeconds: 0,
  initContainers: [],
  containers: [],
  volumes: [],
};

function fixedPorts(worker: PodWorker): readonly PortClaim<PortHolder>[] {
  return worker.spec.containers.flatMap((container) =>
    container.ports
      .filter((port) => port !== movablePort(container))
      .map((port) => ({ port, holder: { worker, container: container.name } })),
  );
}

function movablePorts(worker: PodWorker): readonly PortClaim<PortHolder>[] {
  return worker.spec.containers.flatMap((container) => {
    const port = movablePort(container);
    return port === undefined ? [] : [{ port, holder: { worker, container: container.name } }];
  });
}

function describeConflict({ port, holder }: PortClaim<PortHolder>, worker: PodWorker): string {
  const { namespace, name } = holder.worker.ref;
  if (holder.worker === worker) {
    return `port ${port} is listed by more than one container of the pod, ${holder.container} among them: all of a pod share one address`;
  }
  return (
    `port ${port} is taken by container ${holder.container} of pod ${namespace}/${name}: ` +
    `all pods of the local cluster share this machine's ports; the pod starts when it is free`
  );
}
