import { stripVTControlCharacters } from "node:util";
import { isFulfilled } from "@outrigger/types";
import type { Terminal } from "../terminal.ts";
import { outputsText, renderWorkflow } from "./node-tree.ts";
import type { WorkflowView } from "./node-tree.ts";

/** Shows workflows while they run. */
export interface LiveView {
  update(workflows: readonly WorkflowView[], nowMs: number): void;
  /** The last picture stays. */
  finish(workflows: readonly WorkflowView[], nowMs: number): void;
}

/** A tree that is redrawn on a terminal; elsewhere a line for each change, and the tree at the end. */
export function createLiveView(terminal: Terminal): LiveView {
  return terminal.isTerminal ? redrawn(terminal) : lineByLine(terminal);
}

const CURSOR_UP = (lines: number): string => (lines === 0 ? "" : `\u001B[${lines}A`);
const CLEAR_BELOW = "\u001B[0J";

function redrawn(terminal: Terminal): LiveView {
  let drawn = 0;
  const draw = (workflows: readonly WorkflowView[], nowMs: number): void => {
    const lines = workflows.flatMap((workflow) => renderWorkflow(workflow, { palette: terminal.palette, nowMs }));
    terminal.out(
      `${CURSOR_UP(drawn)}${CLEAR_BELOW}${lines.map((line) => `${cut(line, terminal.columns)}\n`).join("")}`,
    );
    drawn = lines.length;
  };
  return {
    update: draw,
    finish: (workflows, nowMs) => {
      terminal.out(`${CURSOR_UP(drawn)}${CLEAR_BELOW}`);
      printTrees(terminal, workflows, nowMs); // whole lines: nothing will be redrawn over them
    },
  };
}

// A line that wraps would be counted as one, and the redraw would leave its rest behind.
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`;
}

function lineByLine(terminal: Terminal): LiveView {
  const told = new Map<string, string>();
  return {
    update: (workflows) => {
      for (const change of workflows.flatMap(describeNodes)) {
        if (told.get(change.key) === change.text) continue;
        told.set(change.key, change.text);
        terminal.out(`${change.text}\n`);
      }
    },
    finish: (workflows, nowMs) => {
      if (told.size > 0) terminal.out("\n");
      printTrees(terminal, workflows, nowMs);
    },
  };
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

function printTrees(terminal: Terminal, workflows: readonly WorkflowView[], nowMs: number): void {
  const lines = workflows.flatMap((workflow) => renderWorkflow(workflow, { palette: terminal.palette, nowMs }));
  terminal.out(lines.map((line) => `${line}\n`).join(""));
}
