import type { KubeObject } from "@outrigger/types";
import type { LogFile } from "../logs/log-file.ts";
import { EXIT_KILLED, EXIT_TERMINATED } from "./running-container.ts";
import type { ContainerExit, RunningContainer } from "./running-container.ts";

/** What a container that runs as a function of this process gets to know. */
export interface InProcessContext {
  readonly pod: KubeObject;
  readonly container: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Aborted where a process would get SIGTERM. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Where on this machine the file or folder is that the container sees at an absolute path; undefined if nothing is mounted there. */
  readonly path: (mountedAt: string) => string | undefined;
  /** What to dial for an address of this pod: `http://localhost:4355` may have become `http://127.0.0.1:40123`. */
  readonly address: (url: string) => string;
}

/** Resolves with the exit code. */
export type InProcessMain = (context: InProcessContext) => Promise<number>;

export interface InProcessOptions extends Omit<InProcessContext, "signal" | "log"> {
  readonly id: string;
  readonly main: InProcessMain;
  readonly logFile: LogFile;
}

export function startInProcess({ id, main, logFile, ...context }: InProcessOptions): RunningContainer {
  const stop = new AbortController();
  const killed = Promise.withResolvers<ContainerExit>();
  const log = (line: string): void => logFile.write("stdout", Buffer.from(`${line}\n`));
  const run = async (): Promise<ContainerExit> => {
    try {
      return { exitCode: await main({ ...context, signal: stop.signal, log }) };
    } catch (error) {
      // Whoever is told to stop may do so by throwing what it was told.
      if (stop.signal.aborted && error === stop.signal.reason) return { exitCode: EXIT_TERMINATED };
      logFile.write("stderr", Buffer.from(`${describeCrash(error)}\n`));
      return { exitCode: 1 };
    }
  };
  const finish = async (): Promise<ContainerExit> => {
    const exit = await Promise.race([run(), killed.promise]);
    logFile.end();
    return exit;
  };
  return {
    id,
    ended: finish(),
    terminate: () => stop.abort(new Error("the container was told to stop")),
    // A function cannot be killed; it is no longer listened to.
    kill: () => {
      stop.abort(new Error("the container was told to stop"));
      killed.resolve({ exitCode: EXIT_KILLED });
    },
  };
}

function describeCrash(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
