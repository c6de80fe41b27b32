import { nodesParser } from "@outrigger/types";
import type { WorkflowPhase } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { createCallTracer } from "../src/dev/call-tracer.ts";
import type { Call } from "../src/dev/call-tracer.ts";
import { createDevView } from "../src/dev/dev-view.ts";
import type { DevView } from "../src/dev/dev-view.ts";
import type { WorkflowView } from "../src/render/node-tree.ts";
import { PALETTE } from "./support/palette.ts";

function workflow(name: string, phase: WorkflowPhase): WorkflowView {
  const node = { id: name, name, displayName: name, type: "Plugin", phase };
  const nodes = nodesParser({ [name]: node }, "");
  if (!nodes.ok) throw new Error("bug");
  return { name, phase, message: undefined, startedAt: undefined, finishedAt: undefined, nodes: nodes.value };
}

const CALL: Call = {
  plugin: "hello-executor-plugin",
  method: "template.execute",
  nodeId: "a",
  outcome: "finished",
  durationMs: 12.4,
};

function view(terminal: boolean): { readonly view: DevView; readonly written: string[] } {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const screen = terminal ? { write, columns: 80, rows: 24 } : undefined;
  return { view: createDevView({ palette: PALETTE, write, screen }), written };
}

describe("what dev shows", () => {
  it("without a terminal: each change, each call and each log line as a line", () => {
    const { view: lines, written } = view(false);
    lines.update([workflow("a", "Running")], 0);
    lines.update([workflow("a", "Running")], 1_000);
    lines.call(CALL);
    lines.call({ ...CALL, plugin: undefined, method: "", nodeId: "not-saved-yet", durationMs: 2_345 });
    lines.call({ ...CALL, method: "template.cancel" });
    lines.print("hello │ said\n");
    lines.update([workflow("a", "Succeeded")], 2_000);
    lines.end();
    expect(written).toEqual([
      "a Running\n",
      "→ hello 12ms finished a\n",
      "→ http 2.3s finished not-saved-yet\n",
      "→ hello template.cancel 12ms finished a\n",
      "hello │ said\n",
      "a Succeeded\n",
    ]);
  });

  it("on a terminal: Workflows under way below all that, and once more when they have ended", () => {
    const { view: drawn, written } = view(true);
    drawn.update([workflow("a", "Running"), workflow("b", "Running")], 0);
    drawn.call(CALL);
    drawn.update([workflow("a", "Succeeded"), workflow("b", "Running")], 0);
    drawn.update([workflow("a", "Succeeded"), workflow("b", "Running")], 0);
    drawn.end();
    const [up2, up4, clear] = ["\u001B[2A", "\u001B[4A", "\u001B[0J"];
    const [a, b] = ["● a Running\n● a\n", "● b Running\n● b\n"];
    expect(written).toEqual([
      `${clear}${a}${b}`,
      `${up4}${clear}→ hello 12ms finished a\n${a}${b}`,
      `${up4}${clear}${b}`,
      `${up2}${clear}✔ a Succeeded\n✔ a\n${b}`,
      `${up2}${clear}${b}`,
      `${up2}${clear}`,
    ]);
  });
});

it("calls are told as they end, and nothing else", () => {
  const calls: Call[] = [];
  const tracer = createCallTracer((call) => void calls.push(call));
  const attributes = { plugin: "hello-executor-plugin", method: "template.execute", nodeId: "a" };
  const span = tracer.startSpan("plugin.request", { attributes });
  tracer.startSpan("results.write").end();
  expect(calls).toEqual([]);
  span.setAttribute("outcome", "finished");
  span.end();
  expect(calls).toEqual([{ ...CALL, durationMs: expect.any(Number) as number }]);
});
