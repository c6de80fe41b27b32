import { Option } from "commander";
import type { Command } from "commander";
import type { ClusterFlags } from "../cluster/connect.ts";
import { OBJECT_FORMATS } from "../print/object-formats.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import {
  awaitingOf,
  clusterFlags,
  duration,
  listOption,
  outputOption,
  parameterOption,
  wholeNumber,
  withAwaitOptions,
  withClusterOptions,
} from "./options.ts";
import type { AwaitFlags, Setting } from "./options.ts";

/** Commands that submit Workflows to a cluster and look at them. */
export function addWorkflowCommands(program: Command, setting: Setting): void {
  program.commandsGroup("Workflows of a cluster:");
  addSubmit(program, setting);
  addList(program, setting);
  addGet(program, setting);
  addWatch(program, setting);
  addWait(program, setting);
  addLogs(program, setting);
}

type TextOutput = "text" | ObjectFormat;

interface SubmitFlags extends ClusterFlags, AwaitFlags {
  readonly from?: string;
  readonly parameter?: readonly string[];
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: readonly string[];
  readonly instanceId?: string;
  readonly dryRun?: boolean;
  readonly output: TextOutput;
}

function addSubmit(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("submit")
    .description("submit workflows to a cluster")
    .argument("[file...]", "manifests with Workflows, or - for standard input")
    .option("--from <kind/name>", "run a template: workflowtemplate/NAME or clusterworkflowtemplate/NAME")
    .addOption(parameterOption())
    .option("--name <name>", "call it this")
    .option("--generate-name <prefix>", "let the API make a name that begins with this")
    .addOption(listOption("-l, --labels <name=value,…>", "set labels"))
    .option("--instance-id <id>", "which controller is to run it, where there are several")
    .option("--dry-run", "let the API check it, and submit nothing");
  withClusterOptions(withAwaitOptions(command))
    .addOption(outputOption(["text", ...OBJECT_FORMATS]))
    .addHelpText("after", SUBMIT_HELP)
    .action(async (files: readonly string[], flags: SubmitFlags) => {
      const { submit } = await import("../commands/submit.ts");
      const {
        parameter: parameters = [],
        labels = [],
        dryRun = false,
        from,
        name,
        generateName,
        instanceId,
        output,
      } = flags;
      const awaiting = awaitingOf(flags, output);
      const what = { files, from, parameters, name, generateName, labels, instanceId };
      exit(await submit({ ...what, cluster: clusterFlags(flags), dryRun, awaiting, output }, context));
    });
}

interface ListFlags extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly status?: readonly string[];
  readonly running?: boolean;
  readonly completed?: boolean;
  readonly output: "table" | ObjectFormat;
}

const RUNNING = ["Pending", "Running"];
const COMPLETED = ["Succeeded", "Failed", "Error"];

function addList(program: Command, { context }: Setting): void {
  const command = program
    .command("list")
    .description("list workflows, the youngest first")
    .option("-A, --all-namespaces", "of all namespaces")
    .option("-l, --selector <selector>", "only those with such labels: team=a,stage!=test")
    .option("--field-selector <selector>", "only those with such fields: metadata.name=hello")
    .addOption(new Option("--status <phase...>", "only those in these phases").choices([...RUNNING, ...COMPLETED]))
    .option("--running", "only those that have not ended")
    .option("--completed", "only those that have ended")
    .addOption(outputOption(["table", ...OBJECT_FORMATS]));
  withClusterOptions(command).action(async (flags: ListFlags) => {
    const { list } = await import("../commands/list.ts");
    const { selector, fieldSelector, output } = flags;
    const { allNamespaces = false, status = [], running = false, completed = false } = flags;
    const phases = [...status, ...(running ? RUNNING : []), ...(completed ? COMPLETED : [])];
    await list({ cluster: clusterFlags(flags), allNamespaces, selector, fieldSelector, phases, output }, context);
  });
}

type GetFlags = ClusterFlags & { readonly output: "tree" | ObjectFormat };

function addGet(program: Command, { context }: Setting): void {
  const command = program
    .command("get")
    .description("show workflows as they are now, with their nodes")
    .argument("<workflow...>", NAMES)
    .addOption(outputOption(["tree", ...OBJECT_FORMATS]));
  withClusterOptions(command).action(async (names: readonly string[], flags: GetFlags) => {
    const { get } = await import("../commands/get.ts");
    await get({ cluster: clusterFlags(flags), names, output: flags.output }, context);
  });
}

type WatchFlags = ClusterFlags & { readonly timeout?: number };

const timeoutOption = (): Option =>
  new Option("--timeout <duration>", "how long to wait (default: for ever)").argParser(duration);

function addWatch(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("watch")
    .description("show workflows live, until they have ended")
    .argument("<workflow...>", NAMES)
    .addOption(timeoutOption())
    .addHelpText("after", WATCH_HELP);
  withClusterOptions(command).action(async (names: readonly string[], flags: WatchFlags) => {
    const { watch } = await import("../commands/watch.ts");
    const awaiting = { watch: true, log: false, output: "text", timeoutMs: flags.timeout } as const;
    exit(await watch({ cluster: clusterFlags(flags), names, awaiting }, context));
  });
}

type WaitFlags = WatchFlags & { readonly output: TextOutput };

function addWait(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("wait")
    .description("wait for workflows to end")
    .argument("<workflow...>", NAMES)
    .addOption(timeoutOption())
    .addOption(outputOption(["text", ...OBJECT_FORMATS]))
    .addHelpText("after", WATCH_HELP);
  withClusterOptions(command).action(async (names: readonly string[], flags: WaitFlags) => {
    const { watch } = await import("../commands/watch.ts");
    const awaiting = { watch: false, log: false, output: flags.output, timeoutMs: flags.timeout };
    exit(await watch({ cluster: clusterFlags(flags), names, awaiting }, context));
  });
}

interface LogsFlags extends ClusterFlags {
  readonly follow?: boolean;
  readonly node?: string;
  readonly container?: string;
  readonly tail?: number;
  readonly raw?: boolean;
}

function addLogs(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("logs")
    .description("show what plugins and agent of a workflow have said")
    .argument("<workflow>", NAMES)
    .option("-f, --follow", "go on until the workflow ends")
    .option(
      "--node <name>",
      "only lines about this step (the agent's, and those of plugins that name it, as the SDK does)",
    )
    .option("-c, --container <name>", "only this plugin, or agent")
    .addOption(new Option("--tail <count>", "so many of the newest lines of each").argParser(wholeNumber))
    .option("--raw", "lines as they were written");
  withClusterOptions(command)
    .addHelpText("after", LOGS_HELP)
    .action(async (name: string, flags: LogsFlags) => {
      const { logs } = await import("../commands/logs.ts");
      const { follow = false, node, container, tail: tailLines, raw = false } = flags;
      exit(await logs({ cluster: clusterFlags(flags), name, follow, node, container, tailLines, raw }, context));
    });
}

/** What stands for a Workflow. */
const NAMES = "names of workflows; @latest is the one that was created last";

const SUBMIT_HELP = `
Workflows are checked first, as by outrigger lint. Ctrl-C ends the waiting, not the Workflow.
Exit codes: 0 submitted, or, if it was waited for, Succeeded; 1 it has not; 2 bad input; 3 no cluster; 130 interrupted.

Examples:
  outrigger submit examples/hello.yaml --watch
  outrigger submit workflow.yaml -p text="Build is green" -n team-a --wait --timeout 10m
  outrigger submit --from workflowtemplate/build -p revision=main -o name`;

const WATCH_HELP = `
Ctrl-C ends the waiting, not the Workflow.
Exit codes: 0 all Succeeded; 1 one has not, or not in time; 2 there is none of this name; 3 no cluster; 130 interrupted.`;

const LOGS_HELP = `
The agent pod stays for a while after the end (30s, if the controller is not told otherwise); with it go its logs.
Exit codes: 0 there were logs; 1 there are none, or no more; 2 there is no such workflow; 3 no cluster; 130 interrupted.

Examples:
  outrigger logs @latest -f
  outrigger logs hello-x7k2p -c hello --tail 20
  outrigger logs hello-x7k2p --node greet`;
