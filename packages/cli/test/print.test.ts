import { ConnectionError, KubeError } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { unseenNote } from "../src/cluster/await-workflows.ts";
import { explainError } from "../src/explain-error.ts";
import { formatDuration } from "../src/print/duration.ts";
import { formatObjects } from "../src/print/objects.ts";
import { formatTable } from "../src/print/table.ts";
import { createQuietView } from "../src/render/live-view.ts";
import { LiveRegion } from "../src/render/live-region.ts";
import { workflowTable } from "../src/render/workflow-table.ts";
import { createTerminal } from "../src/terminal.ts";
import { UserError } from "../src/user-error.ts";
import { PALETTE } from "./support/palette.ts";

it.each([
  [0, "0s"],
  [59_999, "59s"],
  [185_000, "3m5s"],
  [7_800_000, "2h10m"],
  [356_400_000, "4d3h"],
  [-5, "0s"],
])("%d ms are %s", (durationMs, want) => {
  expect(formatDuration(durationMs)).toBe(want);
});

it("columns of a table stand below each other, whatever their colour", () => {
  const rows = [
    ["a", "\u001B[31mFailed\u001B[39m", "x"],
    ["longer", "Ok", ""],
  ];
  expect(formatTable(["NAME", "STATE", "NOTE"], rows)).toBe(
    "NAME     STATE    NOTE\na        \u001B[31mFailed\u001B[39m   x\nlonger   Ok\n",
  );
});

describe("objects for programs", () => {
  const named = (kind: string, apiVersion: string) => ({ metadata: { name: "a" }, spec: {}, kind, apiVersion });

  it("one is itself, none or several are a List", () => {
    const one = named("Workflow", "argoproj.io/v1alpha1");
    expect(formatObjects([one], "json")).toMatch(/^\{\n {2}"apiVersion": .*\n {2}"kind": .*\n {2}"metadata"/);
    expect(JSON.parse(formatObjects([], "json"))).toEqual({ apiVersion: "v1", kind: "List", items: [] });
    expect(formatObjects([one, one], "yaml")).toMatch(/^apiVersion: v1\nkind: List\nitems:\n/);
  });

  it("names are as kubectl writes them", () => {
    const objects = [named("Workflow", "argoproj.io/v1alpha1"), named("ConfigMap", "v1")];
    expect(formatObjects(objects, "name")).toBe("workflow.argoproj.io/a\nconfigmap/a\n");
  });
});

it("a table of Workflows tells how each fares, and for how long", () => {
  const nowMs = Date.parse("2026-01-01T00:10:00Z");
  const workflow = (name: string, status: object) => ({
    metadata: { name, creationTimestamp: "2026-01-01T00:00:00Z" },
    status,
  });
  const gate = { id: "g", name: "g", displayName: "g", type: "Suspend", phase: "Running" };
  const all = [
    workflow("new", {}),
    workflow("done", {
      phase: "Failed",
      startedAt: "2026-01-01T00:01:00Z",
      finishedAt: "2026-01-01T00:02:30Z",
      progress: "1/2",
      message: `no\nluck ${"x".repeat(100)}`,
    }),
    workflow("waits", { phase: "Running", startedAt: "2026-01-01T00:01:00Z", nodes: { g: gate } }),
  ];
  const lines = workflowTable(all, { nowMs, withNamespace: false, palette: PALETTE }).split("\n");
  expect(lines[1]).toMatch(/^new +Pending +10m0s +- +-$/);
  expect(lines[2]).toMatch(/^done +Failed +10m0s +1m30s +1\/2 +no luck x+…$/);
  expect(lines[3]).toMatch(/^waits +Running \(suspended\) +10m0s +9m0s +-$/);
});

describe("whoever waits without a picture", () => {
  const view = {
    name: "a",
    phase: "Running",
    message: "x",
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: undefined,
  } as const;
  const nowMs = Date.parse("2026-01-01T00:00:05Z");

  it.each([
    [true, ["\u001B[0J● a Running 5s 1/2\n", "\u001B[1A\u001B[0Jsaid\n● a Running 5s 1/2\n", "\u001B[1A\u001B[0J"], []],
    [false, [], ["said\n"]],
  ])("sees a line on a terminal (%s), and nothing elsewhere", (isTTY, onScreen, printed) => {
    const written: Record<"out" | "err", string[]> = { out: [], err: [] };
    const stream = (name: "out" | "err") => ({ isTTY, write: (text: string) => void written[name].push(text) });
    const terminal = createTerminal({ stdout: stream("out"), stderr: stream("err"), env: { NO_COLOR: "1" } });
    const quiet = createQuietView(terminal);
    quiet.update([{ ...view, progress: "1/2", nodes: {} }], nowMs);
    quiet.print("said\n");
    quiet.finish([], nowMs);
    expect(written).toEqual({ out: printed, err: onScreen });
  });

  it("is told of a Workflow that no controller looks at", () => {
    const labels = { "workflows.argoproj.io/controller-instanceid": "blue" };
    expect(unseenNote({ metadata: { name: "a", labels } })).toBe(
      "no controller has looked at a for 10s: outrigger doctor --instance-id blue tells why\n",
    );
    expect(unseenNote({ metadata: { name: "a" }, status: { phase: "Running" } })).toBe("");
  });
});

describe("lines that are drawn again and again", () => {
  const drawn = (rows: number): { readonly region: LiveRegion; readonly written: string[] } => {
    const written: string[] = [];
    return { region: new LiveRegion({ write: (text) => void written.push(text), columns: 20, rows }), written };
  };

  it("stand below what is printed, and over what they were", () => {
    const { region, written } = drawn(10);
    region.draw(["a", "b"]);
    region.print("said\n");
    region.draw(["c"]);
    region.clear();
    expect(written).toEqual([
      "\u001B[0Ja\nb\n",
      "\u001B[2A\u001B[0Jsaid\na\nb\n",
      "\u001B[2A\u001B[0Jc\n",
      "\u001B[1A\u001B[0J",
    ]);
  });

  it("are never wider or higher than the terminal", () => {
    const { region, written } = drawn(5);
    region.draw(["head", "1", "2", "3", "4", "a line that does not fit in here"]);
    expect(written).toEqual(["\u001B[0Jhead\n… 3 lines\n4\na line that does n…\n"]);
  });
});

it.each([
  [new UserError("no such file"), 2, "no such file"],
  [new ConnectionError("no cluster is known"), 3, "no cluster is known"],
  [kubeError("Forbidden", "list is not allowed"), 3, /^GET \/x: list is not allowed \(ask whoever runs the cluster/],
  [kubeError("Unreachable", "ECONNREFUSED"), 3, /is it up/],
  [kubeError("NotFound", "the server could not find the requested resource"), 3, /CustomResourceDefinitions\?/],
  [kubeError("NotFound", 'workflows "a" not found'), 1, 'GET /x: workflows "a" not found'],
  [kubeError("Invalid", "spec is required"), 1, "GET /x: spec is required"],
  [new Error("a bug"), 1, /^Error: a bug\n +at /],
])("of %s is said what to do, with an exit code", (error, exitCode, message) => {
  const explained = explainError(error);
  expect(explained.exitCode).toBe(exitCode);
  expect(explained.message).toMatch(message);
});

function kubeError(reason: "Forbidden" | "Unreachable" | "NotFound" | "Invalid", message: string): KubeError {
  return new KubeError(message, { reason, status: 0, request: "GET /x" });
}
