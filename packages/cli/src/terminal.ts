import pc from "picocolors";
import type { Palette } from "./render/node-tree.ts";

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output is a terminal: it can be redrawn, and coloured. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly palette: Palette;
}

export interface TerminalStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colour only on a terminal, and not where NO_COLOR asks for none. */
export function createTerminal({ stdout, stderr, env }: TerminalStreams): Terminal {
  const isTerminal = stdout.isTTY && env["TERM"] !== "dumb";
  const colours = pc.createColors(isTerminal && (env["NO_COLOR"] ?? "") === "");
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal,
    get columns() {
      return stdout.columns ?? 80;
    },
    palette: colours,
  };
}
