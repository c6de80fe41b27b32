import { steerSpec } from "../cluster/change-workflow.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";

/** Ends Workflows at once, without their exit handlers. */
export function terminate(options: SteerOptions, context: ProgramContext): Promise<ExitCode> {
  return steerWorkflows(
    options,
    { done: "terminated", steer: (workflow, { client }) => steerSpec(client, workflow, { shutdown: "Terminate" }) },
    context,
  );
}
