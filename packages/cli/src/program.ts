import { Command, CommanderError } from "commander";
import { EXIT_CODES } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { explainError } from "./explain-error.ts";
import type { ProgramContext } from "./program-context.ts";
import { addCompletion } from "./program/completion-command.ts";
import { addLocalCommands } from "./program/local-commands.ts";
import type { Setting } from "./program/options.ts";
import { addPluginCommands } from "./program/plugin-commands.ts";
import { addSteeringCommands } from "./program/steering-commands.ts";
import { addWorkflowCommands } from "./program/workflow-commands.ts";
import { VERSION } from "./version.ts";

/** Runs the command line; everything that can go wrong becomes an exit code and a line that says what to do. */
export async function runProgram(argv: readonly string[], context: ProgramContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.success;
  const program = createProgram({ context, exit: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, context);
  }
}

function explain(error: unknown, { terminal, signal }: ProgramContext): ExitCode {
  // Commander has printed its own message; it ends with 0 for --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.success : EXIT_CODES.badInput;
  if (signal.aborted) return EXIT_CODES.interrupted; // what was under way broke off
  const { message, exitCode } = explainError(error);
  terminal.err(`${terminal.palette.red("error:")} ${message}\n`);
  return exitCode;
}

/** The table of commands. */
export function createProgram(setting: Setting): Command {
  const { out, err } = setting.context.terminal;
  const program = new Command("outrigger")
    .description("Executor plugins for Kubernetes workflows, on your laptop and in your cluster.")
    .version(VERSION, "-V, --version")
    .helpCommand(false)
    .showHelpAfterError("(--help tells what there is)")
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .addHelpText("after", EXIT_CODES_HELP);
  addLocalCommands(program, setting);
  addPluginCommands(program, setting);
  addWorkflowCommands(program, setting);
  addSteeringCommands(program, setting);
  program.commandsGroup("About outrigger:");
  addCompletion(program, setting);
  program
    .command("version")
    .description("print the version")
    .action(() => out(`outrigger ${VERSION}\n`));
  return program;
}

const EXIT_CODES_HELP = `
Exit codes: 0 done, and what was waited for Succeeded; 1 it has not, or something could not be done; 2 bad input;
3 the cluster cannot be reached or does not let you; 130 interrupted.`;
