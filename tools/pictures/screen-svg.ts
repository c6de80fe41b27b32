import type { IBufferCell, Terminal } from "@xterm/headless";

const CELL = { width: 8.4, height: 18 } as const;
const MARGIN = 16;
const INK = "#d4d4d4";
// The eight colours of a terminal, then the same bright.
const COLOURS = [
  "#666666",
  "#f14c4c",
  "#23d18b",
  "#e5c07b",
  "#61afef",
  "#d670d6",
  "#29b8db",
  "#e5e5e5",
  "#8a8a8a",
  "#f14c4c",
  "#23d18b",
  "#f5f543",
  "#61afef",
  "#d670d6",
  "#29b8db",
  "#ffffff",
];

/** What a terminal shows, as a picture that needs nothing but a browser. `title` is what screen readers say. */
export function screenSvg(terminal: Terminal, title: string): string {
  const rows = Array.from({ length: terminal.buffer.active.length }, (_, row) => spans(terminal, row));
  const last = rows.findLastIndex((row) => row.length > 0);
  const shown = rows.slice(0, last + 1);
  const width = Math.ceil(2 * MARGIN + terminal.cols * CELL.width);
  const height = 2 * MARGIN + shown.length * CELL.height;
  const lines = shown.map((row, index) => line(row, MARGIN + (index + 0.75) * CELL.height)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="${INK}" style="white-space: pre">
${lines}</g>
</svg>
`;
}

interface Span {
  readonly column: number;
  readonly text: string;
  readonly style: string;
}

/** Pieces of one row that look alike. */
function spans(terminal: Terminal, row: number): readonly Span[] {
  const line = terminal.buffer.active.getLine(row);
  const found: { column: number; text: string; style: string }[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    const text = cell?.getChars() ?? "";
    if (cell === undefined || text === "") continue;
    const style = styleOf(cell);
    const before = found.at(-1);
    if (before !== undefined && before.style === style && before.column + before.text.length === column)
      before.text += text;
    else found.push({ column, text, style });
  }
  // Browsers do not agree on spaces at the ends of a text: each piece begins and ends with ink.
  return found
    .filter(({ text }) => text.trim() !== "")
    .map(({ column, text, style }) => ({ column: column + text.search(/\S/), text: text.trim(), style }));
}

function styleOf(cell: IBufferCell): string {
  const colour = cell.isFgPalette() ? COLOURS[cell.getFgColor()] : undefined;
  return [
    colour === undefined ? "" : ` fill="${colour}"`,
    cell.isBold() === 0 ? "" : ' font-weight="bold"',
    cell.isDim() === 0 ? "" : ' opacity="0.6"',
  ].join("");
}

function line(row: readonly Span[], y: number): string {
  return row
    .map(({ column, text, style }) => {
      const x = (MARGIN + column * CELL.width).toFixed(1);
      const length = (text.length * CELL.width).toFixed(1);
      return `<text x="${x}" y="${y}" textLength="${length}"${style}>${escaped(text)}</text>\n`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
