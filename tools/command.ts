import { spawnSync } from "node:child_process";

interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command, shows what it complains about, and answers what it has written; throws if it fails. */
export function run(command: readonly string[], { cwd, env = {} }: CommandOptions = {}): string {
  const [file = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw new Error(`${file} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${command.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Whether this works at all. */
export function works(command: readonly string[]): boolean {
  const [file = "", ...args] = command;
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}
