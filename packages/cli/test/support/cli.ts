import { runProgram } from "../../src/program.ts";
import { createTerminal } from "../../src/terminal.ts";

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Where it is run. Default: where the tests are. */
  readonly cwd?: string;
  /** Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Standard output is a terminal of this size. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** Sees what has been written so far, whenever something is. */
  readonly watch?: (written: { readonly stdout: string; readonly stderr: string }) => void;
}

/** Runs the command line in this process: what a process would cost, a hundred cases do not pay. */
export async function outrigger(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { env = {}, stdin = "", cwd, signal = new AbortController().signal, terminal, watch } = options;
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
      watch?.(written);
    },
  });
  const stdout = { ...stream("stdout"), ...(terminal === undefined ? {} : { isTTY: true, ...terminal }) };
  const context = {
    terminal: createTerminal({ stdout, stderr: stream("stderr"), env: { NO_COLOR: "1" } }),
    stdin: () => Promise.resolve(stdin),
    env,
    signal,
  };
  const code = await within(cwd, () => runProgram(args, context));
  return { code, ...written };
}

async function within<T>(folder: string | undefined, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  if (folder !== undefined) process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}
