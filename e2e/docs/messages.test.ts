import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";

const PAGE = readFileSync(join(ROOT, "docs/reference/messages.md"), "utf8");
/** The first cell of each row: pieces of a message, as code. */
const MESSAGES = Array.from(PAGE.matchAll(/^\| (`[^|]*) \|/gm), ([, cell = ""]) =>
  Array.from(cell.matchAll(/`([^`]+)`/g), ([, piece = ""]) => piece),
);

describe("the page of messages", () => {
  // What is put together from a constant stands in the sources under its name.
  const sources = globSync("packages/{engine,agent,types,kube,controller,sdk}/src/**/*.ts", { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n")
    .replaceAll("${METHOD_EXECUTE}", "template.execute");

  it.each(MESSAGES)("tells of one that there is: %s", (...pieces) => {
    for (const piece of pieces) expect(sources).toContain(piece);
  });
});
