// Owns: the logs of all pods, also of those that are gone. Does not own: what is written into them.
// Invariants:
//  S1 of a container the present run and the one before are kept, as on a node;
//  S2 of the pods that are gone, the last `keepLogs` keep their logs;
//  S3 a name means the newest pod of that name.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PodRef } from "../pod-api.ts";
import { LogFile } from "./log-file.ts";
import { readLog } from "./read-log.ts";
import type { ReadLogOptions } from "./read-log.ts";

export interface LogStoreOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly keepLogs: number;
  readonly now: () => number;
}

/** A log that cannot be read, in the API server's words. `reason` is the API's status reason. */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly reason: "NotFound" | "BadRequest";

  constructor(reason: "NotFound" | "BadRequest", message: string) {
    super(message);
    this.reason = reason;
  }
}

export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #pods = new Map<string, PodLogs>();
  readonly #gone: PodLogs[] = [];

  constructor(options: LogStoreOptions) {
    this.#options = options;
  }

  /** `waitingReason` is asked why a container has no log yet. */
  open(pod: PodRef, containers: readonly string[], waitingReason: (container: string) => string | undefined): PodLogs {
    const logs = new PodLogs(pod, containers, { ...this.#options, waitingReason });
    this.#pods.set(key(pod), logs); // S3
    return logs;
  }

  podGone(logs: PodLogs): void {
    this.#gone.push(logs);
    for (const old of this.#gone.splice(0, this.#gone.length - this.#options.keepLogs)) {
      old.remove(); // S2
      if (this.#pods.get(key(old.pod)) === old) this.#pods.delete(key(old.pod));
    }
  }

  /** Throws a LogError at once, before anything is read. */
  read(pod: Omit<PodRef, "uid">, container: string, options: ReadLogOptions): AsyncIterable<Buffer> {
    const logs = this.#pods.get(key(pod));
    if (logs === undefined) throw new LogError("NotFound", `pods "${pod.name}" not found`);
    return readLog(logs.find(container, options.previous === true), options, this.#options.now());
  }
}

function key({ namespace, name }: Omit<PodRef, "uid">): string {
  return `${namespace}/${name}`;
}

interface PodLogsOptions extends LogStoreOptions {
  readonly waitingReason: (container: string) => string | undefined;
}

/** The logs of one pod. */
export class PodLogs {
  readonly pod: PodRef;
  readonly #options: PodLogsOptions;
  readonly #folder: string;
  readonly #runs: ReadonlyMap<string, LogFile[]>;
  #count = 0;

  constructor(pod: PodRef, containers: readonly string[], options: PodLogsOptions) {
    this.pod = pod;
    this.#options = options;
    this.#folder = join(options.folder, pod.uid);
    this.#runs = new Map(containers.map((name) => [name, []]));
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The file of a container's new run. */
  newRun(container: string): LogFile {
    const { maxBytes, now } = this.#options;
    const path = join(this.#folder, `${this.#count++}.log`);
    const log = new LogFile({ path, maxBytes, now });
    const runs = this.#runs.get(container) ?? [];
    runs.push(log);
    for (const old of runs.splice(0, runs.length - 2)) {
      for (const file of [old.path, old.olderPath]) rmSync(file, { force: true }); // S1
    }
    return log;
  }

  find(container: string, previous: boolean): LogFile {
    const runs = this.#runs.get(container);
    if (runs === undefined) throw this.#refusal(`container ${container} is not valid for pod ${this.pod.name}`);
    const found = runs.at(previous ? -2 : -1);
    if (found !== undefined) return found;
    const named = `container "${container}" in pod "${this.pod.name}"`;
    if (previous) throw this.#refusal(`previous terminated ${named} not found`);
    throw this.#refusal(
      `${named} is waiting to start: ${this.#options.waitingReason(container) ?? "ContainerCreating"}`,
    );
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #refusal(message: string): LogError {
    return new LogError("BadRequest", message);
  }
}
