import { parse } from "yaml";
import type { Command } from "../environment.ts";

/** edit: someone changes fields of `spec`; null takes one away. */
export const edit: Command = ({ cluster }, _words, input) => {
  cluster.patch((workflow) => ({
    ...workflow,
    spec: { ...(workflow["spec"] as object), ...(parse(input) as object) },
  }));
  return "";
};
