import { isFailedOrError, isFulfilled } from "@outrigger/types";
import type { NodeStatus } from "@outrigger/types";
import { outboundOf } from "../nodes/outbound.ts";
import type { Run } from "../run.ts";
import type { TemplateRunner } from "./invocation.ts";
import { startNode } from "./nodes.ts";
import { templateOutputs } from "./outputs.ts";
import { runGroup } from "./step-group.ts";
import { groupName, scopeBefore } from "./step-scope.ts";
import type { RunningSteps } from "./step-scope.ts";

/** Groups of steps one after the other; the steps of a group side by side. */
export const runSteps: TemplateRunner = (run, activation) => {
  const node = activation.node ?? startNode(run, activation, "Steps", "Running");
  const running: RunningSteps = { activation, node, groups: activation.template.steps ?? [] };
  for (let index = firstOpenGroup(run, running); index < running.groups.length; index += 1) {
    const group = runGroup(run, running, index);
    if (!isFulfilled(group.phase)) return node;
    if (isFailedOrError(group.phase)) {
      linkOutbound(run, node, index);
      return run.mark(node.id, "Failed", group.message);
    }
  }
  return conclude(run, running);
};

// Groups begin one after the other: all before the last that has begun are through. A chain is long, and each link a pass.
function firstOpenGroup(run: Run, { node, groups }: RunningSteps): number {
  const group = (index: number): NodeStatus | undefined => run.tree.byName(groupName(node, index));
  let begun = 0;
  for (let end = groups.length; end - begun > 1;) {
    const middle = Math.floor((begun + end) / 2);
    if (group(middle) === undefined) end = middle;
    else begun = middle;
  }
  const before = begun === 0 ? undefined : group(begun - 1);
  const isSound = before !== undefined && isFulfilled(before.phase) && !isFailedOrError(before.phase);
  return isSound ? begun : 0; // someone has edited the status
}

function conclude(run: Run, running: RunningSteps): NodeStatus {
  const { activation, node, groups } = running;
  linkOutbound(run, node, groups.length - 1);
  const scope = scopeBefore(run, running, groups.length);
  const outputs = templateOutputs(activation.template, scope, activation.place);
  if (!outputs.ok) return run.mark(node.id, "Error", outputs.message);
  run.putOut(node.id, outputs.value);
  return run.mark(node.id, "Succeeded");
}

function linkOutbound(run: Run, node: NodeStatus, lastIndex: number): void {
  const last = run.tree.byName(groupName(node, lastIndex));
  if (last === undefined) return;
  run.tree.change(node.id, { outboundNodes: outboundOf(run.tree, run.tree.childrenOf(last.id)) });
}
