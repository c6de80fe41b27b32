import pc from "picocolors";
import type { Canvas } from "./render/live-region.ts";
import type { Palette } from "./render/node-tree.ts";

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output is a terminal: it can be redrawn, and coloured. */
  readonly isTerminal: boolean;
  /** Standard output, to draw on. */
  readonly canvas: Canvas;
  /** Both streams are one terminal: standard error, to draw on below what is written there. */
  readonly screen: Canvas | undefined;
  readonly palette: Palette;
}

/** As much of a stream as is used. On a pipe both properties are undefined, whatever Node's own types say. */
interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A pseudo-terminal that nobody has sized says 0. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Colour only on a terminal, and not where NO_COLOR asks for none. */
export function createTerminal({ stdout, stderr, env }: TerminalStreams): Terminal {
  const isTerminal = stdout.isTTY === true && env["TERM"] !== "dumb";
  const colours = pc.createColors(isTerminal && (env["NO_COLOR"] ?? "") === "");
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTerminal,
    canvas: canvasOf(stdout),
    screen: isTerminal && stderr.isTTY === true ? canvasOf(stderr) : undefined,
    palette: colours,
  };
}

function canvasOf(stream: OutputStream): Canvas {
  return {
    write: (text) => void stream.write(text),
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return stream.rows || DEFAULT_ROWS;
    },
  };
}
