import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { ScenarioEnvironment } from "./environment.ts";
import { formatTranscript, parseTranscript } from "./transcript.ts";
import type { Exchange } from "./transcript.ts";

// UPDATE_SCENARIOS=1 npx vitest run packages/engine/ rewrites the transcripts. Commit what you understand.
const UPDATE = process.env["UPDATE_SCENARIOS"] === "1";
const FOLDER = new URL("../scenarios/", import.meta.url);

function replay(exchanges: readonly Exchange[]): readonly Exchange[] {
  const environment = new ScenarioEnvironment();
  return exchanges.map((exchange) => {
    const [name = "", ...words] = wordsOf(exchange.command);
    const command = COMMANDS[name];
    if (command === undefined) throw new Error(`${name} is not one of ${Object.keys(COMMANDS).join(", ")}`);
    return { ...exchange, output: command(environment, words, exchange.input) };
  });
}

/** Splits at blanks; quotes of either kind hold words together: `a "b c" 'd={"e": 1}'`. */
function wordsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g), ([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_quoted, double?: string, single?: string) => double ?? single ?? ""),
  );
}

describe("the engine acts as its transcripts tell", () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith(".txt")))("%s", (file) => {
    const url = new URL(file, FOLDER);
    const exchanges = parseTranscript(readFileSync(url, "utf8"));
    const replayed = formatTranscript(replay(exchanges));
    if (UPDATE) writeFileSync(url, replayed);
    expect(exchanges.length).toBeGreaterThan(0);
    expect(replayed).toBe(readFileSync(url, "utf8"));
  });
});
