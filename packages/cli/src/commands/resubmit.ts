import { resubmittedWorkflow } from "@outrigger/engine";
import { WORKFLOWS } from "@outrigger/kube";
import { awaitWorkflows } from "../cluster/await-workflows.ts";
import { readStored } from "../cluster/change-workflow.ts";
import { refOf } from "../cluster/find-workflows.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";
import { parseAssignments } from "../workflow-files.ts";
import type { RetryOptions } from "./retry.ts";

/** Runs Workflows once more from the beginning, as others. */
export function resubmit(options: RetryOptions, context: ProgramContext): Promise<ExitCode> {
  const { awaiting } = options;
  const parameters = parseAssignments("-p", options.parameters);
  return steerWorkflows(
    options,
    {
      done: "submitted",
      steer: (workflow, { client }) =>
        client.create(WORKFLOWS, refOf(workflow).namespace, resubmittedWorkflow(readStored(workflow), parameters)),
      ...(awaiting === undefined
        ? {}
        : { afterwards: (all, cluster) => awaitWorkflows(cluster, all.map(refOf), awaiting, context) }),
    },
    context,
  );
}
