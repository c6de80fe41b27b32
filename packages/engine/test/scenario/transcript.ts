/** One exchange of a transcript: a command with its input, and what it printed. */
export interface Exchange {
  /** Comments and blank lines before the command. */
  readonly preamble: string;
  readonly command: string;
  readonly input: string;
  readonly output: string;
}

const SEPARATOR = "----";

/** Reads a transcript: commands, `----`, output up to an empty line. */
export function parseTranscript(text: string): readonly Exchange[] {
  const lines = text.trimEnd().split("\n");
  const exchanges: Exchange[] = [];
  let position = 0;
  const takeWhile = (isTaken: (line: string) => boolean): string[] => {
    const start = position;
    while (position < lines.length && isTaken(lines[position] ?? "")) position += 1;
    return lines.slice(start, position);
  };
  while (position < lines.length) {
    const preamble = takeWhile((line) => line === "" || line.startsWith("#"));
    const [command = "", ...input] = takeWhile((line) => line !== SEPARATOR);
    position += 1;
    const output = takeWhile((line) => line !== "");
    if (command !== "")
      exchanges.push({ preamble: preamble.join("\n"), command, input: input.join("\n"), output: output.join("\n") });
  }
  return exchanges;
}

export function formatTranscript(exchanges: readonly Exchange[]): string {
  const blocks = exchanges.map(({ preamble, command, input, output }) =>
    [
      ...(preamble === "" ? [] : [preamble.replace(/^\n+/, "")]),
      command,
      ...(input === "" ? [] : [input]),
      SEPARATOR,
      ...(output === "" ? [] : [output]),
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}
