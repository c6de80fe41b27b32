import { nodesParser } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { renderWorkflow } from "../src/render/node-tree.ts";
import { PALETTE } from "./support/palette.ts";

interface Node {
  readonly type: string;
  readonly phase?: string;
  readonly message?: string;
  readonly boundaryID?: string;
  readonly children?: readonly string[];
  readonly nodeFlag?: { readonly retried?: boolean; readonly hooked?: boolean };
}

function tree(nodes: Readonly<Record<string, Node>>): readonly string[] {
  const written = Object.entries(nodes).map(([id, node]) => [
    id,
    { id, name: id, displayName: id, phase: "Succeeded", ...node },
  ]);
  const read = nodesParser(Object.fromEntries(written), "");
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  const workflow = {
    name: "wf",
    phase: "Succeeded",
    message: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  } as const;
  return renderWorkflow({ ...workflow, nodes: read.value }, { palette: PALETTE, nowMs: 0 }).slice(1);
}

describe("the tree of a Workflow", () => {
  it("shows a step that was tried once as one line", () => {
    const lines = tree({
      wf: { type: "Steps" },
      flaky: { type: "Retry", boundaryID: "wf", children: ["flaky(0)"] },
      "flaky(0)": { type: "Plugin", boundaryID: "wf", message: "hello", nodeFlag: { retried: true } },
    });
    expect(lines).toEqual(["✔ wf", "└─ ✔ flaky hello"]);
  });

  it("shows attempts and hooks below what they belong to", () => {
    const lines = tree({
      wf: { type: "Steps", children: ["wf.hooks.late"] },
      "wf.hooks.late": { type: "Plugin", nodeFlag: { hooked: true } },
      flaky: { type: "Retry", boundaryID: "wf", children: ["flaky(0)", "flaky(1)", "flaky.onExit"] },
      "flaky(0)": { type: "Plugin", phase: "Failed", boundaryID: "wf", message: "no", nodeFlag: { retried: true } },
      "flaky(1)": { type: "Plugin", boundaryID: "wf", nodeFlag: { retried: true } },
      "flaky.onExit": { type: "Plugin", boundaryID: "wf", nodeFlag: { hooked: true } },
    });
    expect(lines).toEqual([
      "✔ wf",
      "├─ ✔ flaky",
      "│  ├─ ✖ flaky(0) no",
      "│  ├─ ✔ flaky(1)",
      "│  └─ ✔ flaky.onExit",
      "└─ ✔ wf.hooks.late",
    ]);
  });
});
