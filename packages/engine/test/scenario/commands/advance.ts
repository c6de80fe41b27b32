import { parseGoDuration } from "@outrigger/types";
import type { Command } from "../environment.ts";

/** advance DURATION: time goes by. */
export const advance: Command = ({ cluster }, [duration = ""]) => {
  cluster.nowMs += parseGoDuration(duration) ?? Number.NaN;
  return new Date(cluster.nowMs).toISOString().slice(11, 19);
};
