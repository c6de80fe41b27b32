import type { Command } from "../environment.ts";

/** secret NAME: a Secret that someone made by hand. */
export const secret: Command = ({ cluster }, [name = ""]) => {
  cluster.secrets.add(name);
  return "";
};
