import type { Command } from "../environment.ts";

/** problem [TEXT]: what the API refused last; nothing, if it takes everything again. */
export const problem: Command = ({ cluster }, [text]) => {
  cluster.problem = text;
  return "";
};
