import { templateBodies } from "@outrigger/types";
import type { NodeStatus, NodeType, Template, TemplateBody } from "@outrigger/types";
import { nameOfAttempt } from "../retry/attempts.ts";
import type { Run } from "../run.ts";
import { cutOff } from "./cut-off.ts";
import type { Activation, Invocation } from "./invocation.ts";
import { holdNode } from "./nodes.ts";

const NODE_TYPES: Readonly<Partial<Record<TemplateBody, NodeType>>> = {
  plugin: "Plugin",
  http: "HTTP",
  steps: "Steps",
  dag: "DAG",
  suspend: "Suspend",
};
const STARTS_PENDING: ReadonlySet<NodeType> = new Set(["Plugin", "HTTP"]);

/** Whether a node may start now. `node` is undefined if it has not been made, which is for its runner to do. */
export type Turn =
  | { readonly kind: "goes"; readonly node: NodeStatus | undefined }
  | { readonly kind: "waits"; readonly node: NodeStatus };

/**
 * Holds a node back while as many others run as its Workflow (`spec.parallelism`, which counts calls of plugins) or the template that it
 * is part of allow, or as the agent can be told of. What has started keeps its turn, and what the log knows of has started.
 */
export function takeTurn(run: Run, activation: Activation): Turn {
  const { node, invocation, template } = activation;
  if (node?.startedAt !== undefined || !isLimited(run, activation)) return { kind: "goes", node };
  const isGone = isGivenUp(run, invocation);
  const obstacle = isGone ? GIVEN_UP : obstacleOf(run, activation);
  if (obstacle === undefined || mustGo(run, activation)) return { kind: "goes", node: begin(run, node) };
  run.turnAway();
  // One message for as long as the node waits, whatever else gets in its way: what changes has to be saved.
  const held = node ?? holdNode(run, activation, typeOf(run, template), obstacle);
  return { kind: "waits", node: isGone ? run.mark(held.id, "Omitted", GIVEN_UP) : held };
}

/** Why no more plugin calls may begin in the whole Workflow, for a template that makes one. */
export function callObstacle(run: Run, template: Template): string | undefined {
  if (!isCall(template)) return undefined;
  const { parallelism } = run.workflow.spec;
  if (parallelism !== undefined && (run.slots.closed || run.slots.calls >= parallelism)) {
    return waitMessage(run, template);
  }
  return run.announcements.isFull ? run.announcements.obstacle : undefined;
}

const GIVEN_UP = "omitted: failFast, and a step beside it has failed";

function begin(run: Run, node: NodeStatus | undefined): NodeStatus | undefined {
  if (node === undefined) return undefined;
  const phase = STARTS_PENDING.has(node.type) ? "Pending" : "Running";
  return run.tree.change(node.id, { phase, startedAt: run.now, message: undefined });
}

// What the agent has been told of has started; what is to be cut off is for its runner to cut off.
function mustGo(run: Run, { node, template, invocation: { nodeName, surroundings } }: Activation): boolean {
  if (isUnderWay(run, nodeName, node?.id) || cutOff(run, surroundings) !== undefined) return true;
  return run.retryStrategyOf(template) !== undefined && isUnderWay(run, nameOfAttempt(nodeName, 0));
}

/** Whether the agent has been told of a call, or of one within, or has answered it already, whatever has become of the node. */
export function isUnderWay(run: Run, nodeName: string, id = run.tree.idFor(nodeName)): boolean {
  return run.announcedTask(id) !== undefined || run.resultOf(id) !== undefined || run.hasStarted(nodeName);
}

// Hooks are part of ending something: they never wait.
function isLimited(run: Run, { invocation, node, template }: Activation): boolean {
  if (invocation.flag !== undefined) return false;
  const { parallelism, failFast } = invocation.surroundings.limits;
  const limits = [run.workflow.spec.parallelism, parallelism, failFast];
  const isAsked = node !== undefined || limits.some((limit) => limit !== undefined);
  return isAsked || (isCall(template) && run.announcements.isFull);
}

function obstacleOf(run: Run, { template, invocation }: Activation): string | undefined {
  const { limits, boundary } = invocation.surroundings;
  const isFull =
    limits.parallelism !== undefined && (run.slots.closed || run.slots.activeWithin(boundary) >= limits.parallelism);
  return isFull ? waitMessage(run, template, invocation) : callObstacle(run, template);
}

function isGivenUp(run: Run, { surroundings: { limits, boundary } }: Invocation): boolean {
  return limits.failFast === true && run.slots.failedWithin(boundary) > 0;
}

// Names all limits, whichever of them is in the way.
function waitMessage({ workflow }: Run, template: Template, invocation?: Invocation): string {
  const inAll = isCall(template) ? workflow.spec.parallelism : undefined;
  const within = invocation?.surroundings.limits.parallelism;
  const limits = [
    ...(inAll === undefined ? [] : [`${inAll} calls of the Workflow`]),
    ...(within === undefined ? [] : [`${within} steps of the template around it`]),
  ];
  return `waits for its turn: parallelism lets ${limits.join(", and ")} run at a time`;
}

function isCall(template: Template): boolean {
  return templateBodies(template).some((body) => body === "plugin" || body === "http");
}

function typeOf(run: Run, template: Template): NodeType {
  if (run.retryStrategyOf(template) !== undefined) return "Retry";
  return nodeTypeOf(template);
}

/** The type of the node of a template that is run once. */
export function nodeTypeOf(template: Template): NodeType {
  return NODE_TYPES[templateBodies(template)[0] ?? "plugin"] ?? "Skipped";
}
