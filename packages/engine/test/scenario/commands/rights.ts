import type { Command } from "../environment.ts";

/** rights [RIGHT…]: what the agent's service account may not do from now on; nothing, if it may do all. */
export const rights: Command = ({ cluster }, missing) => {
  cluster.lackingRights = missing;
  return "";
};
