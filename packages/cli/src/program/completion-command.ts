import { Argument } from "commander";
import type { Command } from "commander";
import { SHELLS } from "../completion/shells.ts";
import type { Shell } from "../completion/shells.ts";
import type { Setting } from "./options.ts";

/** `completion`, and what the scripts that it prints call. */
export function addCompletion(program: Command, { context }: Setting): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands, options and names of workflows")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText("after", COMPLETION_HELP)
    .action(async (shell: Shell) => {
      const { completionScript } = await import("../completion/scripts.ts");
      context.terminal.out(completionScript(shell));
    });
  program
    .command("__complete", { hidden: true })
    .argument("[word...]")
    .action(async (words: readonly string[]) => {
      const { complete } = await import("../commands/complete.ts");
      context.terminal.out(await complete(program, words, context));
    });
}

const COMPLETION_HELP = `
Examples:
  source <(outrigger completion bash)                              # in ~/.bashrc
  source <(outrigger completion zsh)                               # in ~/.zshrc, after compinit
  outrigger completion fish > ~/.config/fish/completions/outrigger.fish`;
