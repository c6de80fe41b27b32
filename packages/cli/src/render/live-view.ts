import { isFulfilled } from "@outrigger/types";
import type { Terminal } from "../terminal.ts";
import { LiveRegion } from "./live-region.ts";
import { outputsText, renderWorkflow, workflowLine } from "./node-tree.ts";
import type { WorkflowView } from "./node-tree.ts";

/** Shows workflows while they run. */
export interface LiveView {
  update(workflows: readonly WorkflowView[], nowMs: number): void;
  /** A line beside the workflows, of a log for one. */
  print(line: string): void;
  /** The last picture stays. */
  finish(workflows: readonly WorkflowView[], nowMs: number): void;
}

/** A tree that is redrawn on a terminal; elsewhere a line for each change, and the tree at the end. */
export function createLiveView(terminal: Terminal): LiveView {
  return terminal.isTerminal ? redrawn(terminal) : lineByLine(terminal);
}

/** For whoever waits without a picture: on a terminal a line for each, on standard error, as long as it lasts. */
export function createQuietView({ screen, out, palette }: Terminal): LiveView {
  if (screen === undefined) return { update: () => {}, print: out, finish: () => {} };
  const region = new LiveRegion(screen);
  return {
    update: (workflows, nowMs) => region.draw(workflows.map((workflow) => workflowLine(workflow, { palette, nowMs }))),
    print: (line) => region.print(line),
    finish: () => region.clear(),
  };
}

function redrawn(terminal: Terminal): LiveView {
  const region = new LiveRegion(terminal.canvas);
  return {
    update: (workflows, nowMs) => region.draw(treesOf(terminal, workflows, nowMs)),
    print: (line) => region.print(line),
    finish: (workflows, nowMs) => {
      region.clear();
      printTrees(terminal, workflows, nowMs); // whole lines: nothing will be redrawn over them
    },
  };
}

function lineByLine(terminal: Terminal): LiveView {
  const changes = new NodeChanges();
  let told = 0;
  return {
    update: (workflows) => {
      for (const line of changes.since(workflows)) {
        told += 1;
        terminal.out(`${line}\n`);
      }
    },
    print: (line) => terminal.out(line),
    finish: (workflows, nowMs) => {
      if (told > 0) terminal.out("\n");
      printTrees(terminal, workflows, nowMs);
    },
  };
}

/** What is new about nodes, a line for each. */
export class NodeChanges {
  readonly #told = new Map<string, string>();

  since(workflows: readonly WorkflowView[]): readonly string[] {
    const lines: string[] = [];
    for (const { key, text } of workflows.flatMap(describeNodes)) {
      if (this.#told.get(key) === text) continue;
      this.#told.set(key, text);
      lines.push(text);
    }
    return lines;
  }
}

function describeNodes(workflow: WorkflowView): readonly { key: string; text: string }[] {
  return Object.values(workflow.nodes)
    .filter((node) => node.type !== "StepGroup" && node.type !== "TaskGroup")
    .map((node) => {
      const outputs = isFulfilled(node.phase) ? outputsText(node.outputs) : "";
      const text = [node.name, node.phase, node.message ?? "", outputs].filter((part) => part !== "").join(" ");
      return { key: node.id, text };
    });
}

function treesOf({ palette }: Terminal, workflows: readonly WorkflowView[], nowMs: number): readonly string[] {
  return workflows.flatMap((workflow) => renderWorkflow(workflow, { palette, nowMs }));
}

/** The trees, as they are now. */
export function printTrees(terminal: Terminal, workflows: readonly WorkflowView[], nowMs: number): void {
  const lines = treesOf(terminal, workflows, nowMs);
  terminal.out(lines.map((line) => `${line}\n`).join(""));
}
