import { hasReason, toYaml } from "@outrigger/kube";
import { withCluster } from "../cluster/connect.ts";
import type { ClusterFlags } from "../cluster/connect.ts";
import { checkController } from "../doctor/cluster/controller.ts";
import { checkDefinitions } from "../doctor/cluster/definitions.ts";
import type { Patient } from "../doctor/cluster/patient.ts";
import { checkAccounts, checkOwnPermissions } from "../doctor/cluster/permissions.ts";
import { checkPlugins } from "../doctor/cluster/plugins.ts";
import { findings, formatFinding, summary } from "../doctor/finding.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkIsolation } from "../doctor/machine/isolation.ts";
import { checkNode } from "../doctor/machine/node.ts";
import { checkPluginFolders } from "../doctor/machine/plugin-folders.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { explainError } from "../explain-error.ts";
import type { ProgramContext } from "../program-context.ts";

export interface DoctorOptions extends Pick<Patient, "installNamespace" | "instanceId"> {
  /** Undefined: only this machine. */
  readonly cluster: ClusterFlags | undefined;
  /** Folders; undefined takes those below ./plugins. */
  readonly plugins: readonly string[] | undefined;
  readonly accounts: readonly string[] | undefined;
  readonly output: "text" | "json" | "yaml";
}

type Check = (options: DoctorOptions, context: ProgramContext) => Promise<readonly Finding[]> | readonly Finding[];

const OF_THE_MACHINE: readonly Check[] = [
  () => checkNode(process.version),
  (_options, context) => checkIsolation(context),
  ({ plugins }) => checkPluginFolders(plugins),
];

// The first says whether there is a cluster to look at.
const OF_THE_CLUSTER: readonly ((patient: Patient) => Promise<readonly Finding[]>)[] = [
  checkOwnPermissions,
  checkDefinitions,
  checkController,
  checkAccounts,
  checkPlugins,
];

/** Looks for what is wrong, and says what to do about it. */
export async function doctor(options: DoctorOptions, context: ProgramContext): Promise<ExitCode> {
  const { terminal } = context;
  const all: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    all.push(...found);
    if (options.output === "text") for (const finding of found) terminal.out(formatFinding(finding, terminal.palette));
  };
  for (const check of OF_THE_MACHINE) tell(await check(options, context));
  if (options.cluster !== undefined) await checkCluster(options, options.cluster, context, tell);
  if (options.output === "json") terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (options.output === "yaml") terminal.out(toYaml(all));
  terminal.err(`${summary(all)}\n`);
  return all.some(({ verdict }) => verdict === "fail") ? EXIT_CODES.failed : EXIT_CODES.success;
}

// What may not be looked at is no reason to look at nothing else.
function hidden(error: unknown): readonly Finding[] {
  if (!hasReason(error, "Forbidden")) throw error;
  return [findings("cluster").warn("", explainError(error).message)];
}

async function checkCluster(
  { accounts = ["default"], installNamespace, instanceId }: DoctorOptions,
  flags: ClusterFlags,
  context: ProgramContext,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  const { warn, fail } = findings("cluster");
  try {
    await withCluster(flags, context, async (cluster) => {
      const patient = { ...cluster, accounts, installNamespace, instanceId };
      for (const check of OF_THE_CLUSTER) tell(await check(patient).catch(hidden));
    });
  } catch (error) {
    const { message } = explainError(error);
    const isMeant = [flags.kubeconfig, flags.context, context.env["KUBECONFIG"]].some((given) => given !== undefined);
    tell([isMeant ? fail("", message) : warn("", message, "--local leaves the cluster out")]);
  }
}
