import { stripVTControlCharacters } from "node:util";

/** A terminal, as far as drawing on it goes. */
export interface Canvas {
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
}

const CURSOR_UP = (lines: number): string => (lines === 0 ? "" : `\u001B[${lines}A`);
const CLEAR_BELOW = "\u001B[0J";

/**
 * The last lines of a terminal, drawn again and again; what is written above them stays.
 *
 * Owns: how many lines it has drawn. Does not own: what is in them.
 * 1. It is never higher than the terminal: what has scrolled out of sight cannot be drawn over.
 * 2. No line wraps: it would be counted as one, and its rest be left behind.
 */
export class LiveRegion {
  readonly #canvas: Canvas;
  #lines: readonly string[] = [];
  #drawn = 0;

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  draw(lines: readonly string[]): void {
    this.#lines = lines;
    this.#redraw("");
  }

  /** Writes whole lines above. */
  print(text: string): void {
    this.#redraw(text);
  }

  /** Takes the lines away. */
  clear(): void {
    this.draw([]);
  }

  #redraw(above: string): void {
    const { write, columns } = this.#canvas;
    const lines = this.#fitting();
    const below = lines.map((line) => `${cut(line, columns)}\n`).join("");
    write(`${CURSOR_UP(this.#drawn)}${CLEAR_BELOW}${above}${below}`);
    this.#drawn = lines.length;
  }

  // The head, and the newest lines. // 1
  #fitting(): readonly string[] {
    const room = this.#canvas.rows - 1;
    if (this.#lines.length <= room) return this.#lines;
    const hidden = this.#lines.length - room + 1;
    return [...this.#lines.slice(0, 1), `… ${hidden} lines`, ...this.#lines.slice(1 + hidden)].slice(
      0,
      Math.max(room, 1),
    );
  }
}

// 2
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
}
