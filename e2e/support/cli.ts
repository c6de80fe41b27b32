import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { dirname, join } from "node:path";

export const ROOT = dirname(dirname(import.meta.dirname));
export const BIN = join(ROOT, "packages/cli/bin/outrigger.js");

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs `outrigger` as a user does, as a process of its own. */
export function outrigger(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { cwd = ROOT, env = {}, timeoutMs = 30_000 } = options;
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: timeoutMs };
    execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A running `outrigger`, with what it has written so far. */
export class RunningCli {
  readonly process: ChildProcess;
  stdout = "";
  stderr = "";
  readonly exited: Promise<number | null>;

  constructor(args: readonly string[], { cwd = ROOT, env = {} }: CliOptions = {}) {
    this.process = spawn(process.execPath, [BIN, ...args], { cwd, env: { ...process.env, ...env } });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = new Promise((resolve) => this.process.once("exit", resolve));
  }
}
