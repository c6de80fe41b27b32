import { isFulfilled } from "@outrigger/types";
import { deadlineOf } from "./deadline.ts";
import { runnerFor } from "./dispatch.ts";
import type { TemplateRunner } from "./invocation.ts";
import { failNode, isSettled } from "./nodes.ts";
import { settleByHand } from "./suspend.ts";

/** Runs what a template consists of, within the time that the template sets: once, or as one attempt of several. */
export const runBody: TemplateRunner = (run, activation) => {
  const { node, invocation, template } = activation;
  if (node !== undefined && isFulfilled(node.phase)) return isSettled(node) ? node : settleByHand(run, node);
  const deadline = deadlineOf(run, activation, node);
  if (!deadline.ok) return failNode(run, invocation, deadline.message);
  const surroundings = { ...invocation.surroundings, deadline: deadline.value };
  const timed =
    surroundings.deadline === invocation.surroundings.deadline ? invocation : { ...invocation, surroundings };
  return runnerFor(template)(run, { ...activation, invocation: timed });
};
