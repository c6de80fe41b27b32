import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import type { LogFile, LogStream } from "../logs/log-file.ts";
import type { Watchdog } from "../watchdog.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { EXIT_NOT_STARTED, EXIT_TERMINATED } from "./running-container.ts";
import type { ContainerExit, RunningContainer } from "./running-container.ts";

export interface ChildProcessOptions {
  readonly id: string;
  /** The launcher's command line (sandbox.ts). */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  readonly pipes: OutputPipes;
  readonly watchdog: Watchdog;
  /** Called when nothing of the container runs any more. */
  readonly cleanUp: () => void;
}

/** How long output may follow after the program has ended. */
const DRAIN_MS = 1_000;

export function startChildProcess(options: ChildProcessOptions): RunningContainer {
  const { log, pipes, watchdog } = options;
  const [out, err] = [pipes.take(), pipes.take()];
  const logged = Promise.all([copy(out.reader, log, "stdout"), copy(err.reader, log, "stderr")]);
  const child = launch(options, [out.writeFd, err.writeFd]);
  const { pid } = child;
  const control = child.stdio[3] as Socket;
  control.on("error", () => undefined);
  let begun = false;
  control.once("data", () => (begun = true));
  if (pid !== undefined) {
    watchdog.register(pid);
    control.write("go\n");
  }
  const signal = (name: NodeJS.Signals): void => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) signalGroup(pid, name);
  };
  // Before the program has begun there is nobody who could tidy up, nor hear a SIGTERM.
  let endedEarly = false;
  const terminate = (): void => {
    endedEarly = !begun;
    signal(begun ? "SIGTERM" : "SIGKILL");
  };
  const exited = exitOf(child);
  const finish = async (): Promise<ContainerExit> => {
    const exit = await exited;
    if (pid !== undefined) {
      signalGroup(pid, "SIGKILL"); // a container ends with its program: nothing stays behind
      watchdog.forget(pid);
    }
    control.destroy();
    options.cleanUp();
    // A process that escaped with a pipe in its hand does not hold us up.
    const limit = setTimeout(() => [out, err].forEach(({ reader }) => reader.destroy()), DRAIN_MS);
    await logged;
    clearTimeout(limit);
    log.end();
    return endedEarly ? { exitCode: EXIT_TERMINATED } : exit;
  };
  return { id: options.id, ended: finish(), terminate, kill: () => signal("SIGKILL") };
}

function launch({ command, env, log }: ChildProcessOptions, outputs: readonly [number, number]): ChildProcess {
  const [file, ...args] = command;
  try {
    // A session of its own: its process group is all of it, and a Ctrl-C on our terminal is not for it.
    return spawn(file, args, { env: { ...env }, cwd: "/", detached: true, stdio: ["ignore", ...outputs, "pipe"] });
  } catch (error) {
    log.end(); // an argument that no program can take
    throw error;
  } finally {
    for (const fd of outputs) closeSync(fd);
  }
}

function copy(reader: Socket, log: LogFile, stream: LogStream): Promise<void> {
  reader.on("data", (chunk: Buffer) => log.write(stream, chunk));
  reader.on("error", () => undefined);
  return new Promise((resolve) => reader.once("close", () => resolve()));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

function exitOf(child: ChildProcess): Promise<ContainerExit> {
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ exitCode: EXIT_NOT_STARTED, reason: "StartError", message: `cannot be started: ${error.message}` }),
    );
    child.once("exit", (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
}
