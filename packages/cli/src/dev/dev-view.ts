import { isFulfilled, pluginNameOf } from "@outrigger/types";
import type { NodeStatus } from "@outrigger/types";
import { NodeChanges } from "../render/live-view.ts";
import { LiveRegion } from "../render/live-region.ts";
import type { Canvas } from "../render/live-region.ts";
import { renderWorkflow } from "../render/node-tree.ts";
import type { Palette, WorkflowView } from "../render/node-tree.ts";
import type { Call } from "./call-tracer.ts";

/** What `outrigger dev` shows of its cluster. */
export interface DevView {
  /** Whole lines, of a log for one. */
  print(lines: string): void;
  call(call: Call): void;
  /** All Workflows that there are. */
  update(workflows: readonly WorkflowView[], nowMs: number): void;
  end(): void;
}

export interface DevViewOptions {
  readonly palette: Palette;
  readonly write: (text: string) => void;
  /** Where to draw; undefined: there is no terminal. */
  readonly screen: Canvas | undefined;
}

/** On a terminal, Workflows under way are drawn below what is printed, and printed once they have ended; elsewhere each change is a line. */
export function createDevView(options: DevViewOptions): DevView {
  return options.screen === undefined ? new LineView(options) : new DrawnView(options, options.screen);
}

class LineView implements DevView {
  readonly #options: DevViewOptions;
  readonly #changes = new NodeChanges();
  #workflows: readonly WorkflowView[] = [];

  constructor(options: DevViewOptions) {
    this.#options = options;
  }

  print(lines: string): void {
    this.#options.write(lines);
  }

  call(call: Call): void {
    this.print(callLine(call, this.#workflows, this.#options.palette));
  }

  update(workflows: readonly WorkflowView[]): void {
    this.#workflows = workflows;
    for (const line of this.#changes.since(workflows)) this.print(`${line}\n`);
  }

  end(): void {}
}

class DrawnView implements DevView {
  readonly #palette: Palette;
  readonly #region: LiveRegion;
  readonly #ended = new Set<string>();
  #workflows: readonly WorkflowView[] = [];

  constructor({ palette }: DevViewOptions, screen: Canvas) {
    this.#palette = palette;
    this.#region = new LiveRegion(screen);
  }

  print(lines: string): void {
    this.#region.print(lines);
  }

  call(call: Call): void {
    this.print(callLine(call, this.#workflows, this.#palette));
  }

  update(workflows: readonly WorkflowView[], nowMs: number): void {
    this.#workflows = workflows;
    const tree = (workflow: WorkflowView): readonly string[] =>
      renderWorkflow(workflow, { palette: this.#palette, nowMs });
    this.#region.draw(workflows.filter(({ phase }) => !isFulfilled(phase)).flatMap(tree));
    for (const workflow of workflows.filter((each) => this.#hasJustEnded(each))) {
      this.print(
        tree(workflow)
          .map((line) => `${line}\n`)
          .join(""),
      );
    }
  }

  // One that is retried ends once more.
  #hasJustEnded({ name, phase, finishedAt = "" }: WorkflowView): boolean {
    const key = `${name} ${finishedAt}`;
    if (!isFulfilled(phase) || this.#ended.has(key)) return false;
    this.#ended.add(key);
    return true;
  }

  end(): void {
    this.#region.clear();
  }
}

/** `→ hello 12ms final hello-x7k2p.greet`. */
function callLine(call: Call, workflows: readonly WorkflowView[], { blue, dim, yellow, bold }: Palette): string {
  const who = call.plugin === undefined ? "http" : pluginNameOf(call.plugin);
  const method = /^template\.execute$|^$/.test(call.method) ? [] : [call.method];
  const took =
    call.durationMs < 1_000 ? `${Math.round(call.durationMs)}ms` : `${(call.durationMs / 1_000).toFixed(1)}s`;
  const paint = call.outcome === "transient" || call.outcome === "error" ? yellow : dim;
  return `${[blue("→"), who, ...method, bold(took), paint(call.outcome), dim(nodeName(call.nodeId, workflows))].join(" ").trimEnd()}\n`;
}

function nodeName(id: string, workflows: readonly WorkflowView[]): string {
  const nodes: readonly NodeStatus[] = workflows.flatMap(({ nodes: all }) => Object.values(all));
  return nodes.find((node) => node.id === id)?.name ?? id;
}
