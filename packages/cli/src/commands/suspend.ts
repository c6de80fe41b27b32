import { steerSpec } from "../cluster/change-workflow.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";

/** Holds Workflows back: what runs goes on, nothing new starts. */
export function suspend(options: SteerOptions, context: ProgramContext): Promise<ExitCode> {
  return steerWorkflows(
    options,
    { done: "suspended", steer: (workflow, { client }) => steerSpec(client, workflow, { suspend: true }) },
    context,
  );
}
