import { isFulfilled } from "@outrigger/types";
import { formatDuration } from "../print/duration.ts";
import type { NodeId, NodePhase, NodeStatus, Outputs, WorkflowPhase } from "@outrigger/types";

/** Colours, or the identity on anything that is no terminal. */
export interface Palette {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

export interface TreeOptions {
  readonly palette: Palette;
  readonly nowMs: number;
}

export interface WorkflowView {
  readonly name: string;
  readonly phase: WorkflowPhase | undefined;
  readonly message: string | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** `done/total`. */
  readonly progress?: string | undefined;
  readonly nodes: Readonly<Record<NodeId, NodeStatus>>;
}

interface Mark {
  readonly symbol: string;
  readonly colour: Exclude<keyof Palette, "dim" | "bold">;
}

/** How phases look. */
export const PHASE_MARKS: Readonly<Record<NodePhase, Mark>> = {
  Pending: { symbol: "◷", colour: "yellow" },
  Running: { symbol: "●", colour: "blue" },
  Succeeded: { symbol: "✔", colour: "green" },
  Skipped: { symbol: "○", colour: "yellow" },
  Omitted: { symbol: "○", colour: "yellow" },
  Failed: { symbol: "✖", colour: "red" },
  Error: { symbol: "⚠", colour: "red" },
};

/** A Workflow as a tree of lines: each node with its phase, what it says, what it puts out, and how long it took. */
export function renderWorkflow(workflow: WorkflowView, options: TreeOptions): readonly string[] {
  const nodes = Object.values(workflow.nodes);
  const holders = holdersOf(nodes);
  const roots = nodes.filter((node) => node.boundaryID === undefined && !holders.has(node.id));
  const below = childrenByParent(nodes, holders);
  const head = headline(workflow, options);
  return [head, ...roots.flatMap((root) => renderNode(root, "", { ...options, below }))];
}

interface RenderContext extends TreeOptions {
  readonly below: ReadonlyMap<string, readonly NodeStatus[]>;
}

/** A Workflow in one line: its phase, how far it is, how long it has taken. */
export function workflowLine(workflow: WorkflowView, options: TreeOptions): string {
  return joined([headline({ ...workflow, message: undefined }, options), options.palette.dim(workflow.progress ?? "")]);
}

function headline(workflow: WorkflowView, { palette, nowMs }: TreeOptions): string {
  const phase = workflow.phase ?? "Pending";
  const { symbol, colour } = PHASE_MARKS[phase];
  const parts = [
    palette[colour](symbol),
    palette.bold(workflow.name),
    palette[colour](phase),
    coloured(palette.dim, elapsed(workflow, nowMs)),
    workflow.message ?? "",
  ];
  return joined(parts);
}

// What attempts and hooks belong to.
function holdersOf(nodes: readonly NodeStatus[]): ReadonlyMap<NodeId, NodeId> {
  const flagged = new Set(nodes.filter(({ nodeFlag }) => nodeFlag !== undefined).map(({ id }) => id));
  const edges = nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const));
  return new Map(edges.filter(([child]) => flagged.has(child)));
}

// Step groups are lines of their own in status.nodes, but mean nothing to a reader: their members stand in for them.
function childrenByParent(
  nodes: readonly NodeStatus[],
  holders: ReadonlyMap<NodeId, NodeId>,
): ReadonlyMap<string, readonly NodeStatus[]> {
  const below = new Map<string, NodeStatus[]>();
  for (const node of nodes) {
    const parent = holders.get(node.id) ?? node.boundaryID;
    if (parent === undefined || node.type === "StepGroup" || node.type === "TaskGroup") continue;
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [node]);
    else siblings.push(node);
  }
  const depths = depthsOf(nodes);
  const depth = (node: NodeStatus): number => depths.get(node.id) ?? 0;
  for (const siblings of below.values()) {
    siblings.sort((left, right) => depth(left) - depth(right) || hooksLast(left, right) || byName(left, right));
  }
  return below;
}

const hooksLast = (left: NodeStatus, right: NodeStatus): number =>
  Number(left.nodeFlag?.hooked ?? false) - Number(right.nodeFlag?.hooked ?? false);

const byName = (left: NodeStatus, right: NodeStatus): number =>
  left.name.localeCompare(right.name, undefined, { numeric: true });

// What runs after something else stands below it: a node is as deep as the longest way to it.
function depthsOf(nodes: readonly NodeStatus[]): ReadonlyMap<string, number> {
  const byId = new Map<string, NodeStatus>(nodes.map((node) => [node.id, node]));
  const depths = new Map<string, number>();
  const pending = nodes.map((node) => ({ node, depth: 0 }));
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { node, depth } = next;
    if ((depths.get(node.id) ?? -1) >= depth || depth > nodes.length) continue; // seen deeper, or a circle
    depths.set(node.id, depth);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) pending.push({ node: child, depth: depth + 1 });
    }
  }
  return depths;
}

function renderNode(written: NodeStatus, indent: string, context: RenderContext): readonly string[] {
  const { node, children } = withoutSoleAttempt(written, context);
  const lines = children.flatMap((child, index) => {
    const last = index === children.length - 1;
    const [first = "", ...rest] = renderNode(child, indent + (last ? "   " : "│  "), context);
    return [`${indent}${last ? "└─ " : "├─ "}${first}`, ...rest];
  });
  return [nodeLine(node, context), ...lines];
}

// A step that was tried once reads like one that is never tried again.
function withoutSoleAttempt(
  node: NodeStatus,
  { below }: RenderContext,
): { readonly node: NodeStatus; readonly children: readonly NodeStatus[] } {
  const children = below.get(node.id) ?? [];
  const [attempt, another] = children.filter(({ nodeFlag }) => nodeFlag?.retried === true);
  if (attempt === undefined || another !== undefined) return { node, children };
  const message = node.message ?? attempt.message;
  const rest = children.filter((child) => child !== attempt);
  return {
    node: { ...node, ...(message === undefined ? {} : { message }) },
    children: [...(below.get(attempt.id) ?? []), ...rest],
  };
}

function nodeLine(node: NodeStatus, { palette, nowMs }: RenderContext): string {
  const { symbol, colour } = PHASE_MARKS[node.phase];
  const parts = [
    palette[colour](symbol),
    node.displayName,
    coloured(palette.dim, elapsed(node, nowMs)),
    coloured(palette.dim, node.memoizationStatus?.hit === true ? "(remembered)" : ""),
    oneLine(node.message ?? ""),
    coloured(palette.bold, outputsText(node.outputs)),
  ];
  return joined(parts);
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

// Nothing, coloured, would be escape codes: no longer nothing.
const coloured = (colour: (text: string) => string, text: string): string => (text === "" ? "" : colour(text));

/** `foo=bar result=42`, each value cut to a line. */
export function outputsText(outputs: Outputs | undefined): string {
  const parameters = (outputs?.parameters ?? []).map(({ name, value }) => `${name}=${oneLine(value ?? "")}`);
  const result = outputs?.result === undefined ? [] : [`result=${oneLine(outputs.result)}`];
  return [...parameters, ...result].join(" ");
}

const MAX_LINE_LENGTH = 200;

function oneLine(text: string): string {
  const flat = text.replace(/\s*\n\s*/g, " ⏎ ");
  return flat.length > MAX_LINE_LENGTH ? `${flat.slice(0, MAX_LINE_LENGTH - 1)}…` : flat;
}

interface Span {
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly phase?: NodePhase | WorkflowPhase | undefined;
}

// Times in a Workflow have whole seconds: a difference of one says nothing.
function elapsed({ startedAt, finishedAt, phase }: Span, nowMs: number): string {
  if (startedAt === undefined) return "";
  const endMs = finishedAt === undefined || !isFulfilled(phase) ? nowMs : Date.parse(finishedAt);
  const durationMs = endMs - Date.parse(startedAt);
  return durationMs >= 2_000 ? formatDuration(durationMs) : "";
}
