import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { LogFile } from "../logs/log-file.ts";
import type { Watchdog } from "../watchdog.ts";
import { EXIT_NOT_STARTED } from "./running-container.ts";
import type { ContainerExit, RunningContainer } from "./running-container.ts";

export interface ChildProcessOptions {
  readonly id: string;
  /** The launcher's command line (sandbox.ts). */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  readonly watchdog: Watchdog;
  /** Called when nothing of the container runs any more. */
  readonly cleanUp: () => void;
}

/** How long output may follow after the program has ended. */
const DRAIN_MS = 1_000;

export function startChildProcess(options: ChildProcessOptions): RunningContainer {
  const { log, watchdog } = options;
  const [file, ...args] = options.command;
  // A session of its own: its process group is all of it, and a Ctrl-C on our terminal is not for it.
  const child = spawn(file, args, { env: { ...options.env }, cwd: "/", detached: true, stdio: "pipe" });
  child.stdout.on("data", (chunk: Buffer) => log.write("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => log.write("stderr", chunk));
  child.stdin.on("error", () => undefined);
  const { pid } = child;
  const signal = (name: NodeJS.Signals) => (): void => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) signalGroup(pid, name);
  };
  if (pid !== undefined) {
    watchdog.register(pid);
    child.stdin.end("\n"); // now it may go ahead
  }
  const finish = async (): Promise<ContainerExit> => {
    const exit = await exitOf(child);
    if (pid !== undefined) {
      signalGroup(pid, "SIGKILL"); // a container ends with its program: nothing stays behind
      watchdog.forget(pid);
    }
    options.cleanUp();
    await drained(child);
    log.end();
    return exit;
  };
  return { id: options.id, ended: finish(), terminate: signal("SIGTERM"), kill: signal("SIGKILL") };
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

/** Resolves when all output has arrived; a process that escaped with the pipe in its hand does not hold us up. */
function drained(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve();
    };
    const timer = setTimeout(done, DRAIN_MS);
    child.once("close", done);
  });
}
