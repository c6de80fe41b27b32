import { retriedWorkflow } from "@outrigger/engine";
import { awaitWorkflows } from "../cluster/await-workflows.ts";
import type { Awaiting } from "../cluster/await-workflows.ts";
import { changeWorkflow } from "../cluster/change-workflow.ts";
import { refOf } from "../cluster/find-workflows.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";
import { parseAssignments } from "../workflow-files.ts";

export interface RetryOptions extends SteerOptions {
  /** `name=value` each: arguments to change. */
  readonly parameters: readonly string[];
  /** Undefined: not at all. */
  readonly awaiting: Awaiting | undefined;
}

/** Runs again what made Workflows fail; what succeeded stays. */
export function retry(options: RetryOptions, context: ProgramContext): Promise<ExitCode> {
  const { awaiting } = options;
  const parameters = parseAssignments("-p", options.parameters);
  const request = { nowMs: Date.now(), parameters };
  return steerWorkflows(
    options,
    {
      done: "retried",
      steer: (workflow, { client }) => changeWorkflow(client, workflow, (stored) => retriedWorkflow(stored, request)),
      ...(awaiting === undefined
        ? {}
        : { afterwards: (all, cluster) => awaitWorkflows(cluster, all.map(refOf), awaiting, context) }),
    },
    context,
  );
}
