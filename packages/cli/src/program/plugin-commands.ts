import { Option } from "commander";
import type { Command } from "commander";
import type { ClusterFlags } from "../cluster/connect.ts";
import type { LintOptions } from "../commands/lint.ts";
import type { TestOptions } from "../commands/test.ts";
import { INSTALL_NAMESPACE } from "../install-namespace.ts";
import { OBJECT_FORMATS } from "../print/object-formats.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import { clusterFlags, outputOption, withClusterOptions } from "./options.ts";
import type { Setting } from "./options.ts";

/** Commands about plugins, and about what is wrong. */
export function addPluginCommands(program: Command, setting: Setting): void {
  program.commandsGroup("Plugins and checks:");
  addLint(program, setting);
  addBuild(program, setting);
  addTest(program, setting);
  addPlugins(program, setting);
  addDoctor(program, setting);
}

type LintFlags = Pick<LintOptions, "output"> &
  ClusterFlags & { readonly plugin?: readonly string[]; readonly cluster?: boolean };

function addLint(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("lint")
    .description("check workflows and plugins before they are submitted")
    .argument("<path...>", "manifests, folders of manifests, or - for standard input")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins and beside the files)")
    .option("--cluster", "also know the plugins and WorkflowTemplates of a cluster")
    .addOption(outputOption(["text", "json"]));
  withClusterOptions(command)
    .addHelpText("after", LINT_HELP)
    .action(async (files: readonly string[], flags: LintFlags) => {
      const { lint } = await import("../commands/lint.ts");
      const cluster = flags.cluster === true ? clusterFlags(flags) : undefined;
      exit(await lint({ files, plugins: flags.plugin, cluster, output: flags.output }, context));
    });
}

// `executor-plugin build` is what Argo's CLI calls it.
function addBuild(program: Command, { context }: Setting): void {
  const add = (parent: Command): Command =>
    parent
      .command("build")
      .description("make the ConfigMap (and a README) of a plugin from its plugin.yaml and server.*")
      .argument("<dir>", "the plugin's folder")
      .addHelpText("after", BUILD_HELP)
      .action(async (folder: string) => {
        const { build } = await import("../commands/build.ts");
        await build(folder, (line) => context.terminal.out(`${line}\n`));
      });
  add(program);
  add(program.command("executor-plugin", { hidden: true }).description("the same command under Argo's name"));
}

type TestFlags = Pick<TestOptions, "output"> & {
  readonly verbose?: boolean;
  readonly tokenFile?: string;
  readonly input?: string;
  readonly with?: readonly string[];
};

function addTest(program: Command, { context, exit }: Setting): void {
  program
    .command("test")
    .description("hold a plugin to the contract, in whatever language it is written")
    .argument("<url|dir>", "where the plugin listens, or its folder: then it is started, and stopped")
    .option("--token-file <file>", "the token that a running plugin expects")
    .option("--input <file>", "what to have it do, as below plugin in a template (default: nothing below its key)")
    .option("--with <file...>", "manifests with the Secrets and ConfigMaps that the plugin of a folder needs")
    .addOption(outputOption(["text", "json", "junit"]))
    .option("-v, --verbose", "list all cases, not only those that failed")
    .addHelpText("after", TEST_HELP)
    .action(async (target: string, flags: TestFlags) => {
      const { test } = await import("../commands/test.ts");
      const { tokenFile, input, with: needs = [], output, verbose = false } = flags;
      exit(await test({ target, tokenFile, input, needs, output, verbose }, context));
    });
}

const installNamespaceOption = (): Option =>
  new Option("--install-namespace <name>", "where the controller is installed").default(INSTALL_NAMESPACE);

interface ListPluginsFlags extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly installNamespace: string;
  readonly output: "table" | ObjectFormat;
}

function addPlugins(program: Command, { context }: Setting): void {
  const plugins = program.command("plugins").description("plugins that are installed in a cluster");
  withClusterOptions(
    plugins
      .command("list")
      .description("list the plugins that Workflows of a namespace can use")
      .option("-A, --all-namespaces", "of all namespaces")
      .addOption(installNamespaceOption())
      .addOption(outputOption(["table", ...OBJECT_FORMATS])),
  ).action(async (flags: ListPluginsFlags) => {
    const { listPlugins } = await import("../commands/list-plugins.ts");
    const { allNamespaces = false, installNamespace, output } = flags;
    await listPlugins({ cluster: clusterFlags(flags), allNamespaces, installNamespace, output }, context);
  });
}

interface DoctorFlags extends ClusterFlags {
  readonly local?: boolean;
  readonly plugin?: readonly string[];
  readonly installNamespace: string;
  readonly instanceId?: string;
  readonly serviceAccount?: readonly string[];
  readonly output: "text" | "json" | "yaml";
}

function addDoctor(program: Command, { context, exit }: Setting): void {
  const command = program
    .command("doctor")
    .description("find out what is wrong on this machine and with a cluster, and what to do about it")
    .option("--local", "only this machine")
    .option("--plugin <dir...>", "folders with a plugin.yaml (default: all below ./plugins)")
    .addOption(installNamespaceOption())
    .option("--instance-id <id>", "which controller, where there are several")
    .option("--service-account <name...>", "accounts that Workflows of the namespace run under (default: default)")
    .addOption(outputOption(["text", "json", "yaml"]));
  withClusterOptions(command)
    .addHelpText("after", DOCTOR_HELP)
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import("../commands/doctor.ts");
      const { local = false, plugin: plugins, installNamespace, instanceId, serviceAccount: accounts, output } = flags;
      const cluster = local ? undefined : clusterFlags(flags);
      exit(await doctor({ cluster, plugins, installNamespace, instanceId, accounts, output }, context));
    });
}

const LINT_HELP = `
Says what the controller would refuse and what a plugin does not take (its input.schema.json), with file, line and field.
Exit codes: 0 no errors; 1 errors; 2 a path that cannot be read; 3 a cluster that cannot be asked.

Examples:
  outrigger lint examples
  outrigger lint workflow.yaml --plugin plugins/slack
  kubectl get workflow hello -o yaml | outrigger lint -`;

const BUILD_HELP = `
Example:
  outrigger build plugins/hello        # writes plugins/hello/hello-executor-plugin-configmap.yaml`;

const TEST_HELP = `
The plugin is really called, some thirty times. docs/test-a-plugin.md lists the cases.
Exit codes: 0 every must is held; 1 one is not; 2 bad input, or a plugin that cannot be started; 130 interrupted.

Examples:
  outrigger test plugins/hello
  outrigger test plugins/slack --with examples/slack.yaml -v
  outrigger test http://localhost:4355 --token-file token --input block.yaml -o junit`;

const DOCTOR_HELP = `
Looks only, and changes nothing. The cluster is asked if a kubeconfig leads to one.
Exit codes: 0 nothing fails (there may be warnings); 1 something does; 2 bad input.

Examples:
  outrigger doctor
  outrigger doctor -n team-a --service-account builds
  outrigger doctor --local -o json`;
