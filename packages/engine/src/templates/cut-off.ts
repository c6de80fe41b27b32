import type { Run } from "../run.ts";
import type { Surroundings } from "./invocation.ts";

/**
 * Why a node is cut off before its own end; undefined if it may go on, and then the pass that has to cut it off is arranged for. Stop
 * lets exit handlers run, Terminate does not.
 */
export function cutOff(run: Run, surroundings: Pick<Surroundings, "onExit" | "deadline">): string | undefined {
  const { shutdown } = run.workflow.spec;
  if (shutdown !== undefined && !(shutdown === "Stop" && surroundings.onExit)) return stoppedMessage(shutdown);
  const { deadline } = surroundings;
  if (deadline === undefined) return undefined;
  if (deadline.atMs <= run.world.nowMs) return deadline.message;
  run.wakeAt(deadline.atMs);
  return undefined;
}

export function stoppedMessage(strategy: string): string {
  return `Stopped with strategy '${strategy}'`;
}
