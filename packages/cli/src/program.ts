import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { parseGoDuration } from "@outrigger/types";
import type { LintOptions } from "./commands/lint.ts";
import type { TestOptions } from "./commands/test.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { OUTPUT_FORMATS } from "./output-format.ts";
import type { OutputFormat } from "./output-format.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";
import { VERSION } from "./version.ts";

export interface ProgramContext {
  readonly terminal: Terminal;
  /** All of standard input. */
  readonly stdin: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

interface RunFlags {
  readonly plugin?: readonly string[];
  readonly parameter: readonly string[];
  readonly timeout: number;
  readonly output: OutputFormat;
  readonly verbose?: boolean;
}

type LintFlags = Pick<LintOptions, "output" | "cluster"> & { readonly plugin?: readonly string[] };

type TestFlags = Pick<TestOptions, "output" | "verbose"> & {
  readonly tokenFile?: string;
  readonly input?: string;
  readonly with?: readonly string[];
};

/** Runs the command line; everything that can go wrong becomes an exit code and a line that says what to do. */
export async function runProgram(argv: readonly string[], context: ProgramContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.success;
  const program = createProgram(context, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, context.terminal);
  }
}

function explain(error: unknown, { err, palette }: Terminal): ExitCode {
  // Commander has printed its own message; it ends with 0 for --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.success : EXIT_CODES.badInput;
  if (error instanceof UserError) {
    err(`${palette.red("error:")} ${error.message}\n`);
    return EXIT_CODES.badInput;
  }
  err(`${palette.red("error:")} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT_CODES.failed;
}

// Each command loads what it needs when it is called: `version` should not wait for a cluster's code.
function createProgram(context: ProgramContext, exit: (code: ExitCode) => void): Command {
  const { out, err } = context.terminal;
  const program = new Command("outrigger")
    .description("Executor plugins for Kubernetes workflows, on your laptop and in your cluster.")
    .version(VERSION, "-V, --version")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
  addRun(program, context, exit);
  addDev(program, context);
  addLint(program, context, exit);
  addBuild(program, context);
  addTest(program, context, exit);
  program
    .command("version")
    .description("print the version")
    .action(() => out(`outrigger ${VERSION}\n`));
  return program;
}

function addRun(program: Command, context: ProgramContext, exit: (code: ExitCode) => void): void {
  program
    .command("run")
    .description("run workflows to their end, without a cluster")
    .argument("<file...>", "manifests: Workflows, and the Secrets or ConfigMaps that they need")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins and beside the files)")
    .option("-p, --parameter <name=value...>", "set a workflow parameter", [])
    .addOption(new Option("--timeout <duration>", "give up after this long").argParser(duration).default(60_000, "60s"))
    .addOption(new Option("-o, --output <format>", "what to print").choices(OUTPUT_FORMATS).default("tree"))
    .option("-v, --verbose", "show the logs of controller, agent and cluster on standard error")
    .addHelpText("after", RUN_HELP)
    .action(async (files: readonly string[], flags: RunFlags) => {
      const { run } = await import("./commands/run.ts");
      const { plugin: plugins, parameter: parameters, timeout: timeoutMs, output, verbose = false } = flags;
      exit(await run({ files, plugins, parameters, timeoutMs, output, verbose }, context));
    });
}

function addLint(program: Command, context: ProgramContext, exit: (code: ExitCode) => void): void {
  program
    .command("lint")
    .description("check workflows and plugins before they are submitted")
    .argument("<path...>", "manifests, folders of manifests, or - for standard input")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins and beside the files)")
    .option("--cluster", "also know the plugins and WorkflowTemplates of the cluster of your kubeconfig", false)
    .addOption(new Option("-o, --output <format>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", LINT_HELP)
    .action(async (files: readonly string[], flags: LintFlags) => {
      const { lint } = await import("./commands/lint.ts");
      exit(await lint({ ...flags, files, plugins: flags.plugin }, context));
    });
}

function addDev(program: Command, context: ProgramContext): void {
  program
    .command("dev")
    .description("keep a cluster on this machine: submit with kubectl, plugins follow their files")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins)")
    .addHelpText("after", DEV_HELP)
    .action(async (flags: { readonly plugin?: readonly string[] }) => {
      const { dev } = await import("./commands/dev.ts");
      await dev({ plugins: flags.plugin }, context);
    });
}

// `executor-plugin build` is what Argo's CLI calls it.
function addBuild(program: Command, context: ProgramContext): void {
  const add = (parent: Command): Command =>
    parent
      .command("build")
      .description("make the ConfigMap (and a README) of a plugin from its plugin.yaml and server.*")
      .argument("<dir>", "the plugin's folder")
      .addHelpText("after", BUILD_HELP)
      .action(async (folder: string) => {
        const { build } = await import("./commands/build.ts");
        await build(folder, (line) => context.terminal.out(`${line}\n`));
      });
  add(program);
  add(program.command("executor-plugin").description("the same commands under Argo's name"));
}

function addTest(program: Command, context: ProgramContext, exit: (code: ExitCode) => void): void {
  program
    .command("test")
    .description("hold a plugin to the contract, in whatever language it is written")
    .argument("<url|dir>", "where the plugin listens, or its folder: then it is started, and stopped")
    .option("--token-file <file>", "the token that a running plugin expects")
    .option("--input <file>", "what to have it do, as below plugin in a template (default: nothing below its key)")
    .option("--with <file...>", "manifests with the Secrets and ConfigMaps that the plugin of a folder needs")
    .addOption(new Option("-o, --output <format>", "what to print").choices(["text", "json", "junit"]).default("text"))
    .option("-v, --verbose", "list all cases, not only those that failed", false)
    .addHelpText("after", TEST_HELP)
    .action(async (target: string, flags: TestFlags) => {
      const { test } = await import("./commands/test.ts");
      const { tokenFile, input, with: needs = [], output, verbose } = flags;
      exit(await test({ target, tokenFile, input, needs, output, verbose }, context));
    });
}

function duration(text: string): number {
  const parsed = parseGoDuration(text);
  if (parsed === undefined || parsed <= 0) throw new InvalidArgumentError("It must be a duration such as 30s or 5m.");
  return parsed;
}

const RUN_HELP = `
Exit codes: 0 all Succeeded; 1 one Failed, ended in Error or took too long; 2 bad input.

Examples:
  outrigger run examples/hello.yaml
  outrigger run workflow.yaml --plugin plugins/slack -p text="Build is green"
  outrigger run secret.yaml workflow.yaml --timeout 5m -o json`;

const LINT_HELP = `
Says what the controller would refuse and what a plugin does not take (its input.schema.json), with file, line and field.
Exit codes: 0 no errors; 1 errors; 2 a path that cannot be read.

Examples:
  outrigger lint examples
  outrigger lint workflow.yaml --plugin plugins/slack
  kubectl get workflow hello -o yaml | outrigger lint -`;

const DEV_HELP = `
Prints one line on standard output once it is ready; everything else goes to standard error.

Examples:
  outrigger dev                        # in one terminal; then, in another, paste the line that it prints
  kubectl create -f examples/hello.yaml
  kubectl get workflows --watch`;

const BUILD_HELP = `
Example:
  outrigger build plugins/hello        # writes plugins/hello/hello-executor-plugin-configmap.yaml`;

const TEST_HELP = `
The plugin is really called, some thirty times. docs/test-a-plugin.md lists the cases.
Exit codes: 0 every must is held; 1 one is not; 2 bad input, or a plugin that cannot be started.

Examples:
  outrigger test plugins/hello
  outrigger test plugins/slack --with examples/slack.yaml -v
  outrigger test http://localhost:4355 --token-file token --input block.yaml -o junit`;
