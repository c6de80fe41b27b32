// The composition root of the command line: streams, environment, signals, exit code.
import { text } from "node:stream/consumers";
import { runProgram } from "./program.ts";
import { createTerminal } from "./terminal.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => stopping.abort(signal));
}
const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env });
const { env } = process;
const stdin = (): Promise<string> => text(process.stdin);
process.exitCode = await runProgram(process.argv.slice(2), { terminal, stdin, env, signal: stopping.signal });
