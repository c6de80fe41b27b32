import type { Command } from "commander";
import type { ClusterFlags } from "../cluster/connect.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import { OBJECT_FORMATS } from "../print/object-formats.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import {
  awaitingOf,
  clusterFlags,
  listOption,
  outputOption,
  parameterOption,
  withAwaitOptions,
  withClusterOptions,
} from "./options.ts";
import type { AwaitFlags, Setting } from "./options.ts";

/** Commands that change what becomes of Workflows of a cluster. */
export function addSteeringCommands(program: Command, setting: Setting): void {
  program.commandsGroup("Steer workflows of a cluster:");
  addSuspend(program, setting);
  addResume(program, setting);
  addStop(program, setting);
  addTerminate(program, setting);
  addRetry(program, setting);
  addResubmit(program, setting);
  addDelete(program, setting);
}

interface SteerFlags extends ClusterFlags {
  readonly selector?: string;
  readonly output: "text" | ObjectFormat;
}

/** What all of them take. */
function steeringCommand(program: Command, name: string, description: string): Command {
  const command = program
    .command(name)
    .description(description)
    .argument("[workflow...]", "names of workflows; @latest is the one that was created last")
    .option("-l, --selector <selector>", "those with such labels, in the place of names");
  return withClusterOptions(command).addOption(outputOption(["text", ...OBJECT_FORMATS]));
}

function steerOptions(names: readonly string[], flags: SteerFlags): SteerOptions {
  const { selector, output } = flags;
  return { cluster: clusterFlags(flags), selection: { names, selector }, output };
}

function addSuspend(program: Command, { context, exit }: Setting): void {
  steeringCommand(program, "suspend", "hold workflows back: what runs goes on, nothing new starts").action(
    async (names: readonly string[], flags: SteerFlags) => {
      const { suspend } = await import("../commands/suspend.ts");
      exit(await suspend(steerOptions(names, flags), context));
    },
  );
}

interface ResumeFlags extends SteerFlags {
  readonly node?: string;
  readonly set?: readonly string[];
}

function addResume(program: Command, { context, exit }: Setting): void {
  steeringCommand(program, "resume", "let workflows go on that are held back, and steps that wait for it")
    .option("--node <name>", "only this step")
    .addOption(listOption("--set <name=value>", "what the step puts out (valueFrom.supplied)"))
    .addHelpText("after", RESUME_HELP)
    .action(async (names: readonly string[], flags: ResumeFlags) => {
      const { resume } = await import("../commands/resume.ts");
      exit(await resume({ ...steerOptions(names, flags), node: flags.node, outputs: flags.set ?? [] }, context));
    });
}

interface StopFlags extends SteerFlags {
  readonly node?: string;
  readonly message?: string;
}

function addStop(program: Command, { context, exit }: Setting): void {
  steeringCommand(program, "stop", "end workflows; exit handlers run, plugins are told")
    .option("--node <name>", "let only this step fail, which waits to be resumed")
    .option("--message <text>", "what the step says then")
    .action(async (names: readonly string[], flags: StopFlags) => {
      const { stop } = await import("../commands/stop.ts");
      const { node, message } = flags;
      exit(await stop({ ...steerOptions(names, flags), node, message }, context));
    });
}

function addTerminate(program: Command, { context, exit }: Setting): void {
  steeringCommand(program, "terminate", "end workflows without their exit handlers").action(
    async (names: readonly string[], flags: SteerFlags) => {
      const { terminate } = await import("../commands/terminate.ts");
      exit(await terminate(steerOptions(names, flags), context));
    },
  );
}

interface AgainFlags extends SteerFlags, AwaitFlags {
  readonly parameter?: readonly string[];
}

function addRetry(program: Command, { context, exit }: Setting): void {
  withAwaitOptions(steeringCommand(program, "retry", "run again what made workflows fail; what succeeded stays"))
    .addOption(parameterOption())
    .addHelpText("after", RETRY_HELP)
    .action(async (names: readonly string[], flags: AgainFlags) => {
      const { retry } = await import("../commands/retry.ts");
      const awaiting = awaitingOf(flags, flags.output);
      exit(await retry({ ...steerOptions(names, flags), parameters: flags.parameter ?? [], awaiting }, context));
    });
}

function addResubmit(program: Command, { context, exit }: Setting): void {
  withAwaitOptions(steeringCommand(program, "resubmit", "run workflows once more from the beginning, as new ones"))
    .addOption(parameterOption())
    .action(async (names: readonly string[], flags: AgainFlags) => {
      const { resubmit } = await import("../commands/resubmit.ts");
      const awaiting = awaitingOf(flags, flags.output);
      exit(await resubmit({ ...steerOptions(names, flags), parameters: flags.parameter ?? [], awaiting }, context));
    });
}

function addDelete(program: Command, { context, exit }: Setting): void {
  steeringCommand(program, "delete", "delete workflows, with their agent pods and logs").action(
    async (names: readonly string[], flags: SteerFlags) => {
      const { deleteWorkflows } = await import("../commands/delete.ts");
      exit(await deleteWorkflows(steerOptions(names, flags), context));
    },
  );
}

const RESUME_HELP = `
Examples:
  outrigger resume @latest
  outrigger resume deploy-x7k2p --node approve --set approver=Ada`;

const RETRY_HELP = `
docs/time-and-order.md tells what runs again.

Examples:
  outrigger retry @latest --watch
  outrigger retry build-x7k2p -p revision=fixed`;
