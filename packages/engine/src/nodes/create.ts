import { isFulfilled } from "@outrigger/types";
import type { Inputs, NodeFlag, NodeId, NodePhase, NodeStatus, NodeType } from "@outrigger/types";
import type { Callee } from "../references/template-scope.ts";
import type { Run } from "../run.ts";

export interface NewNode {
  readonly name: string;
  readonly type: NodeType;
  readonly phase: NodePhase;
  /** The Steps or DAG node that it is part of. */
  readonly boundary?: NodeId | undefined;
  /** Which template it runs, or would have run. */
  readonly call?: Callee | undefined;
  readonly message?: string | undefined;
  readonly inputs?: Inputs | undefined;
  readonly flag?: NodeFlag | undefined;
  /** It exists, and waits for its turn to start. */
  readonly waits?: boolean;
}

export function createNode(run: Run, node: NewNode): NodeStatus {
  const boundary = node.boundary === undefined ? undefined : run.tree.byId(node.boundary);
  return run.tree.add({
    name: node.name,
    displayName: displayNameOf(node.name, boundary),
    type: node.type,
    ...calleeOf(node.call),
    templateScope: run.scopeWithin(node.boundary),
    phase: node.phase,
    ...(node.boundary === undefined ? {} : { boundaryID: node.boundary }),
    ...(node.message === undefined ? {} : { message: node.message }),
    ...(node.waits === true ? {} : { startedAt: run.now }),
    ...(isFulfilled(node.phase) ? { finishedAt: run.now } : {}),
    ...(node.inputs === undefined ? {} : { inputs: node.inputs }),
    ...(node.flag === undefined ? {} : { nodeFlag: node.flag }),
  });
}

function calleeOf({ template, templateRef }: Callee = {}): Pick<NodeStatus, "templateName" | "templateRef"> {
  if (templateRef !== undefined) return { templateRef };
  return template === undefined ? {} : { templateName: template };
}

// `wf[0].step(1:x)` within `wf` shows as `step(1:x)`, a group as `[0]`.
function displayNameOf(name: string, boundary: NodeStatus | undefined): string {
  if (boundary === undefined || !name.startsWith(boundary.name)) return name;
  return name.slice(boundary.name.length).replace(/^(\[\d+\])?\./, "");
}
