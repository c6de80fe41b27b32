import { formatObjects, resourceName } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import { explainError } from "../explain-error.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";
import type { KubeObject } from "@outrigger/types";
import { withCluster } from "./connect.ts";
import type { Cluster, ClusterFlags } from "./connect.ts";
import { findWorkflows } from "./find-workflows.ts";
import type { WorkflowSelection } from "./find-workflows.ts";

/** Which Workflows a command is about, and how it tells what it has done. */
export interface SteerOptions {
  readonly cluster: ClusterFlags;
  readonly selection: WorkflowSelection;
  readonly output: "text" | ObjectFormat;
}

export interface Steering {
  /** What has been done to it: `workflow.argoproj.io/hello stopped`. */
  readonly done: string;
  /** Answers the Workflow as it is then. */
  readonly steer: (workflow: KubeObject, cluster: Cluster) => Promise<KubeObject>;
  /** What is to be done once all have been told. Default: nothing. */
  readonly afterwards?: (workflows: readonly KubeObject[], cluster: Cluster) => Promise<ExitCode>;
}

/** Does one thing to each Workflow. One that it cannot be done to is told, and the others are done all the same. */
export function steerWorkflows(
  { cluster: flags, selection, output }: SteerOptions,
  { done, steer, afterwards }: Steering,
  context: ProgramContext,
): Promise<ExitCode> {
  return withCluster(flags, context, async (cluster) => {
    const { terminal } = context;
    const objects: KubeObject[] = [];
    let exitCode: ExitCode = EXIT_CODES.success;
    for (const workflow of await findWorkflows(cluster, selection)) {
      try {
        const steered = await steer(workflow, cluster);
        objects.push(steered);
        if (output === "text") terminal.out(`${resourceName(steered)} ${done}\n`);
      } catch (error) {
        const explained = explainError(error);
        terminal.err(`${terminal.palette.red("error:")} ${explained.message}\n`);
        exitCode = explained.exitCode;
      }
    }
    if (exitCode === EXIT_CODES.success && afterwards !== undefined) return afterwards(objects, cluster);
    if (output !== "text") terminal.out(formatObjects(objects, output));
    return exitCode;
  });
}
