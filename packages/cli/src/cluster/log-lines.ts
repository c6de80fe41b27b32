import { readableLogLine } from "../log-line.ts";
import type { Palette } from "../render/node-tree.ts";
import { shownContainer } from "./agent-pods.ts";

/** Which lines are shown of the containers of an agent pod, and how. */
export interface LogChoice {
  /** As they were written, without the container's name. */
  readonly raw?: boolean;
  /** Only lines that hold one of these texts. */
  readonly about?: readonly string[] | undefined;
  /** Only this one: `hello`, `agent`. */
  readonly container?: string | undefined;
  /** So many of those that are there. */
  readonly tailLines?: number | undefined;
  /** They are of several Workflows: which it is, is worth telling. */
  readonly ofSeveral?: boolean;
}

// Who speaks stands before the line.
const SAID_BEFORE = ["component", "namespace", "plugin"];

/** Lines of a container's log, as they are shown; those that are not asked for are left out. */
export async function* shownLines(
  chunks: AsyncIterable<string>,
  container: string,
  { palette, raw = false, about, ofSeveral = false }: LogChoice & { readonly palette: Palette },
): AsyncGenerator<string> {
  for await (const line of linesOf(chunks)) {
    if (about !== undefined && !about.some((text) => line.includes(text))) continue;
    yield raw
      ? `${line}\n`
      : `${palette.blue(shownContainer(container))} │ ${readableLogLine(line, palette, ofSeveral ? SAID_BEFORE : [...SAID_BEFORE, "workflow"]).trimEnd()}\n`;
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
