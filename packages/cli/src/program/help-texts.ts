import type { Command } from "commander";
import { createProgram } from "../program.ts";
import { createTerminal } from "../terminal.ts";

/** What `--help` says of a command. */
export interface HelpText {
  /** `outrigger plugins list`. */
  readonly command: string;
  /** Below which heading it stands in the list of commands. */
  readonly group: string;
  readonly text: string;
}

const WIDTH = 100;

/** The help of all commands, the program's own first. */
export function helpTexts(): readonly HelpText[] {
  let text = "";
  const write = (part: string): void => void (text += part);
  const terminal = createTerminal({ stdout: { write }, stderr: { write }, env: {} });
  const nobody = { terminal, stdin: () => Promise.resolve(""), env: {}, signal: new AbortController().signal };
  const program = createProgram({ context: nobody, exit: () => {} });
  const helpOf = (command: Command): string => {
    text = "";
    command.configureOutput({ writeOut: write, getOutHelpWidth: () => WIDTH }).outputHelp();
    return text.trimEnd();
  };
  return withCommandsBelow(program, "").map(({ command, path, group }) => ({
    command: path,
    group,
    text: helpOf(command),
  }));
}

interface Found {
  readonly command: Command;
  readonly path: string;
  readonly group: string;
}

function withCommandsBelow(command: Command, above: string, group = ""): readonly Found[] {
  const path = `${above} ${command.name()}`.trim();
  const below = command.createHelp().visibleCommands(command);
  const found = below.flatMap((each) => withCommandsBelow(each, path, group === "" ? each.helpGroup() : group));
  // One that only holds others has nothing to say.
  return below.length > 0 && above !== "" ? found : [{ command, path, group }, ...found];
}
