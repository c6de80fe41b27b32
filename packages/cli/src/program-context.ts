import type { Terminal } from "./terminal.ts";

/** What a command gets of the world. */
export interface ProgramContext {
  readonly terminal: Terminal;
  /** All of standard input. */
  readonly stdin: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
