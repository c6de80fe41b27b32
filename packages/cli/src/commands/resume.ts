import { decideSuspended } from "@outrigger/engine";
import { changeWorkflow } from "../cluster/change-workflow.ts";
import { steerWorkflows } from "../cluster/steer.ts";
import type { SteerOptions } from "../cluster/steer.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";
import { parseAssignments } from "../workflow-files.ts";

export interface ResumeOptions extends SteerOptions {
  /** Only this step. */
  readonly node: string | undefined;
  /** `name=value` each: what the steps put out. */
  readonly outputs: readonly string[];
}

/** Lets Workflows go on that are held back, and steps that wait for it. */
export function resume(options: ResumeOptions, context: ProgramContext): Promise<ExitCode> {
  const { node } = options;
  const outputs = parseAssignments("--set", options.outputs);
  const decision = { node, phase: "Succeeded", outputs } as const;
  const steer: Parameters<typeof steerWorkflows>[1]["steer"] = (workflow, { client }) =>
    changeWorkflow(client, workflow, (stored) => decideSuspended(stored, decision));
  return steerWorkflows(options, { done: "resumed", steer }, context);
}
