import type { Command } from "../environment.ts";
import { tree } from "./tree.ts";

/** settle: passes until nothing changes; shows the tree. */
export const settle: Command = (environment, words, input) => {
  environment.cluster.settle();
  return tree(environment, words, input);
};
