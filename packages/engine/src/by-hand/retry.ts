import { LABEL_ARCHIVING_STATUS, LABEL_COMPLETED, isFailedOrError, toNodeId } from "@outrigger/types";
import type {
  NodeId,
  NodeStatus,
  NodeType,
  Workflow,
  WorkflowCondition,
  WorkflowSpec,
  WorkflowStatus,
} from "@outrigger/types";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { exactTime } from "../time.ts";
import { Boxes } from "./boxes.ts";
import type { Nodes } from "./boxes.ts";
import { withArguments } from "./parameters.ts";

export interface RetryRequest {
  readonly nowMs: number;
  /** Arguments of the Workflow to change. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * A Workflow that has failed, as it is to be stored to go on: what made it fail is taken away and runs again, with all that came after it;
 * what succeeded stays. As Argo does it, so that either controller goes on with it. See docs/time-and-order.md.
 */
export function retriedWorkflow(workflow: Workflow, { nowMs, parameters }: RetryRequest): Outcome<Workflow> {
  const { metadata, status = {} } = workflow;
  const refusal = refusalOf(workflow);
  if (refusal !== undefined) return failed(refusal);
  const { [LABEL_COMPLETED]: _completed, [LABEL_ARCHIVING_STATUS]: _archived, ...labels } = metadata.labels ?? {};
  const now = exactTime(nowMs);
  const { phase: _phase, message: _message, finishedAt: _finishedAt, nodes = {}, ...rest } = status;
  const stored = status.storedWorkflowTemplateSpec;
  return succeeded({
    ...workflow,
    metadata: { ...metadata, labels },
    spec: withArguments(withoutShutdown(workflow.spec), parameters),
    status: {
      ...rest,
      startedAt: now,
      conditions: notCompleted(status),
      nodes: new Reopening(nodes, now, parameters.size > 0).of(metadata.name ?? ""),
      ...(stored === undefined
        ? {}
        : { storedWorkflowTemplateSpec: withArguments(withoutShutdown(stored), parameters) }),
    },
  });
}

const OF_ARGO: ReadonlySet<NodeType> = new Set(["Pod", "Container"]);

function refusalOf({ status = {} }: Workflow): string | undefined {
  const { phase = "Pending", nodes = {} } = status;
  if (!isFailedOrError(phase)) return `only what has failed can be retried; its phase is ${phase}`;
  if (Object.values(nodes).some(({ type }) => OF_ARGO.has(type))) {
    return "it has steps that are pods of their own, which only Argo runs: use argo retry";
  }
  const isElsewhere = "offloadNodeStatusVersion" in status && status.offloadNodeStatusVersion !== "";
  return isElsewhere ? "its nodes are kept in Argo's database: use argo retry" : undefined;
}

function withoutShutdown({ shutdown: _shutdown, ...spec }: WorkflowSpec): WorkflowSpec {
  return spec;
}

function notCompleted({ conditions = [] }: WorkflowStatus): readonly WorkflowCondition[] {
  return [...conditions.filter(({ type }) => type !== "Completed"), { type: "Completed", status: "False" }];
}

const HAVE_NOT_RUN: ReadonlySet<string> = new Set(["Skipped", "Omitted"]);

/** Finds what is to run again, from the entrypoint down. */
class Reopening {
  readonly #nodes: Nodes;
  readonly #boxes: Boxes;
  readonly #now: string;
  readonly #withNewArguments: boolean;
  readonly #removed = new Set<NodeId>();
  readonly #opened = new Set<NodeId>();

  constructor(nodes: Nodes, now: string, withNewArguments: boolean) {
    this.#nodes = nodes;
    this.#boxes = new Boxes(nodes);
    this.#now = now;
    this.#withNewArguments = withNewArguments;
  }

  /** The nodes that stay. */
  of(workflowName: string): Nodes {
    const all = Object.values(this.#nodes);
    const root = all.find(({ id }) => id === toNodeId(workflowName));
    const exit = all.find(({ name }) => name.toString() === `${workflowName}.onExit`);
    if (exit !== undefined) this.#remove(exit);
    if (root !== undefined && isFailedOrError(root.phase)) this.#reopen(root);
    return Object.fromEntries(all.flatMap((node) => (this.#removed.has(node.id) ? [] : [[node.id, this.#kept(node)]])));
  }

  /** A node that has failed begins again: one that holds others goes on where they failed, any other is made anew. */
  #reopen(node: NodeStatus): void {
    const within = this.#within[node.type];
    if (within === undefined) return this.#remove(node);
    this.#opened.add(node.id);
    for (const hook of this.#boxes.hooks(node)) this.#remove(hook);
    within(node);
  }

  // The attempts of a Retry node were made from the beginning each: so is the next.
  readonly #within: Readonly<Partial<Record<NodeType, (node: NodeStatus) => void>>> = {
    Steps: ({ id }) => {
      const groups = this.#boxes.members(id).filter(({ type }) => type === "StepGroup");
      for (const group of groups) if (isFailedOrError(group.phase)) this.#reopen(group);
    },
    StepGroup: (group) => this.#reopenMembers(group),
    TaskGroup: (group) => this.#reopenMembers(group),
    DAG: (dag) => this.#reopenTasks(dag),
  };

  // With other arguments there may be other members.
  #reopenMembers(group: NodeStatus): void {
    for (const member of this.#boxes.called(group)) {
      if (this.#withNewArguments || isGivenUp(member)) this.#remove(member);
      else if (isFailedOrError(member.phase)) this.#reopen(member);
    }
  }

  #reopenTasks({ id }: NodeStatus): void {
    const iterations = new Set(
      this.#boxes.members(id).flatMap((node) => (node.type === "TaskGroup" ? this.#boxes.called(node) : [])),
    );
    const tasks = this.#boxes.members(id).filter((node) => node.nodeFlag === undefined && !iterations.has(node));
    for (const task of tasks) {
      const again = isGivenUp(task) || (isFailedOrError(task.phase) && this.#counts(task));
      if (!again) continue;
      if (isGivenUp(task)) this.#remove(task);
      else this.#reopen(task);
      for (const follower of this.#allFollowers(task)) this.#remove(follower);
    }
  }

  // A failure that something else has succeeded after is dealt with, unless it also reaches the end of the DAG another way.
  #counts(task: NodeStatus): boolean {
    const isDealtWith = [...this.#allFollowers(task)].some(({ phase }) => phase === "Succeeded");
    return !isDealtWith || this.#reachesEnd(task);
  }

  #reachesEnd(task: NodeStatus): boolean {
    const handedOn = new Set([task]);
    for (const each of handedOn) {
      const followers = this.#boxes.followers(each);
      if (followers.length === 0) return true;
      for (const follower of followers) if (HAVE_NOT_RUN.has(follower.phase)) handedOn.add(follower);
    }
    return false;
  }

  #allFollowers(task: NodeStatus): ReadonlySet<NodeStatus> {
    const found = new Set(this.#boxes.followers(task));
    for (const each of found) for (const next of this.#boxes.followers(each)) found.add(next);
    return found;
  }

  #remove(node: NodeStatus): void {
    for (const { id } of this.#boxes.whole(node)) this.#removed.add(id);
  }

  #kept(node: NodeStatus): NodeStatus {
    const stays = (id: NodeId): boolean => !this.#removed.has(id);
    const { children, outboundNodes, ...rest } = node;
    const linked = { ...rest, ...(children === undefined ? {} : { children: children.filter(stays) }) };
    if (!this.#opened.has(node.id)) {
      return outboundNodes === undefined ? linked : { ...linked, outboundNodes: outboundNodes.filter(stays) };
    }
    const { message: _message, finishedAt: _finishedAt, outputs: _outputs, ...open } = linked;
    return { ...open, phase: "Running", startedAt: this.#now };
  }
}

// It was made, and lost its turn for good when something beside it failed; what a condition left out is of type Skipped.
function isGivenUp({ phase, type }: NodeStatus): boolean {
  return phase === "Omitted" && type !== "Skipped";
}
