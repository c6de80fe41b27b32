import type { Run } from "../run.ts";

/**
 * What to say of a node that is cut off because the Workflow is being stopped; undefined if the node may go on. Stop lets the exit
 * handler run, Terminate does not.
 */
export function shutdownMessage(run: Run, onExit: boolean): string | undefined {
  const { shutdown } = run.workflow.spec;
  if (shutdown === undefined || (shutdown === "Stop" && onExit)) return undefined;
  return `Stopped with strategy '${shutdown}'`;
}
