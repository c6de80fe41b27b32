import { decideSuspended } from "@outrigger/engine";
import { changeWorkflow, steerSpec } from "../cluster/change-workflow.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";

export interface StopOptions extends SteerOptions {
  /** Only this step, which waits to be resumed. */
  readonly node: string | undefined;
  readonly message: string | undefined;
}

/** Ends Workflows; their exit handlers run. */
export function stop(options: StopOptions, context: ProgramContext): Promise<ExitCode> {
  const { node, message } = options;
  return steerWorkflows(
    options,
    {
      done: node === undefined ? "stopped" : `goes on: ${node} has failed`,
      steer: (workflow, { client }) => {
        if (node === undefined) return steerSpec(client, workflow, { shutdown: "Stop" });
        const decision = { node, phase: "Failed", message, outputs: new Map() } as const;
        return changeWorkflow(client, workflow, (stored) => decideSuspended(stored, decision));
      },
    },
    context,
  );
}
