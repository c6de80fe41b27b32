import { WORKFLOWS } from "@outrigger/kube";
import { refOf } from "../cluster/find-workflows.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";

/** Deletes Workflows, with their task sets and agent pods. */
export function deleteWorkflows(options: SteerOptions, context: ProgramContext): Promise<ExitCode> {
  return steerWorkflows(
    options,
    {
      done: "deleted",
      steer: async (workflow, { client }) => {
        const { uid } = workflow.metadata;
        await client.delete(WORKFLOWS, refOf(workflow), uid === undefined ? {} : { uid });
        return workflow;
      },
    },
    context,
  );
}
