import { describe, expect, it } from "vitest";
import { createTerminal } from "../src/terminal.ts";

const write = (): boolean => true;

describe("a terminal", () => {
  it.each([
    ["a pipe in CI", {}, { CI: "true" }, false],
    ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }, false],
    ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, false],
    ["a terminal", { isTTY: true }, {}, true],
  ])("%s has colour or not", (_, stdout, env, coloured) => {
    const { palette } = createTerminal({ stdout: { write, ...stdout }, stderr: { write }, env });
    expect(palette.red("x")).toBe(coloured ? "\u001B[31mx\u001B[39m" : "x");
  });

  it.each([
    [undefined, 80],
    [0, 80],
    [132, 132],
  ])("that says %s columns has %d", (columns, want) => {
    const stdout = columns === undefined ? { write } : { write, columns };
    expect(createTerminal({ stdout, stderr: { write }, env: {} }).canvas.columns).toBe(want);
  });
});
