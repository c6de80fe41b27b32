import { Option } from "commander";
import type { Command } from "commander";
import type { DevOptions } from "../commands/dev.ts";
import { TEMPLATE_NAMES } from "../init/template-names.ts";
import type { TemplateName } from "../init/template-names.ts";
import { OBJECT_FORMATS } from "../print/object-formats.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import { duration, outputOption, parameterOption } from "./options.ts";
import type { Setting } from "./options.ts";

// Each command loads what it needs when it is called: help and version should not wait for a cluster's code.

/** Commands that need no cluster. */
export function addLocalCommands(program: Command, setting: Setting): void {
  program.commandsGroup("On this machine:");
  addInit(program, setting);
  addRun(program, setting);
  addDev(program, setting);
}

interface RunFlags {
  readonly plugin?: readonly string[];
  readonly parameter?: readonly string[];
  readonly timeout: number;
  readonly output: "tree" | ObjectFormat;
  readonly verbose?: boolean;
}

function addRun(program: Command, { context, exit }: Setting): void {
  program
    .command("run")
    .description("run workflows to their end, without a cluster")
    .argument("<file...>", "manifests: Workflows, and the Secrets or ConfigMaps that they need")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins and beside the files)")
    .addOption(parameterOption())
    .addOption(new Option("--timeout <duration>", "give up after this long").argParser(duration).default(60_000, "60s"))
    .addOption(outputOption(["tree", ...OBJECT_FORMATS]))
    .option("-v, --verbose", "show the logs of controller, agent and cluster on standard error")
    .addHelpText("after", RUN_HELP)
    .action(async (files: readonly string[], flags: RunFlags) => {
      const { run } = await import("../commands/run.ts");
      const { plugin: plugins, parameter: parameters = [], timeout: timeoutMs, output, verbose = false } = flags;
      exit(await run({ files, plugins, parameters, timeoutMs, output, verbose }, context));
    });
}

function addDev(program: Command, { context }: Setting): void {
  program
    .command("dev")
    .description("keep a cluster on this machine: submit to it, plugins follow their files")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins)")
    .addHelpText("after", DEV_HELP)
    .action(async (flags: { readonly plugin?: DevOptions["plugins"] }) => {
      const { dev } = await import("../commands/dev.ts");
      await dev({ plugins: flags.plugin }, context);
    });
}

function addInit(program: Command, { context }: Setting): void {
  program
    .command("init")
    .description("make the folder of a new plugin: code, tests, workflow, Dockerfile, CI")
    .argument("<name>", "name of the plugin, and of the folder")
    .addOption(new Option("--template <name>", "what to begin with").choices(TEMPLATE_NAMES).default("typescript"))
    .option("--dir <folder>", "where to make it (default: ./<name>)")
    .addHelpText("after", INIT_HELP)
    .action(async (name: string, flags: { readonly template: TemplateName; readonly dir?: string }) => {
      const { init } = await import("../commands/init.ts");
      await init({ name, template: flags.template, folder: flags.dir ?? name }, context);
    });
}

const RUN_HELP = `
Ctrl-C ends it, and all that it has started.
Exit codes: 0 all Succeeded; 1 one Failed, ended in Error or took too long; 2 bad input; 130 interrupted.

Examples:
  outrigger run examples/hello.yaml
  outrigger run workflow.yaml --plugin plugins/slack -p text="Build is green"
  outrigger run secret.yaml workflow.yaml --timeout 5m -o json`;

const DEV_HELP = `
Prints one line on standard output once it is ready; everything else goes to standard error: Workflows, calls of plugins and how
long they took, logs. On a terminal the Workflows under way are drawn below that.

Examples:
  outrigger dev                        # in one terminal; then, in another, paste the line that it prints
  outrigger submit examples/hello.yaml --watch
  kubectl get workflows --watch`;

const INIT_HELP = `
Examples:
  outrigger init greet
  outrigger init count-words --template python`;
