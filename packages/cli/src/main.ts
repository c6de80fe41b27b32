// The composition root of the command line: streams, environment, signals, exit code.
import { runProgram } from "./program.ts";
import { createTerminal } from "./terminal.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => stopping.abort(signal));
}
const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env });
process.exitCode = await runProgram(process.argv.slice(2), { terminal, env: process.env, signal: stopping.signal });
