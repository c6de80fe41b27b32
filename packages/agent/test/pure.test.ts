import { describe, expect, it } from "vitest";
import { readReport } from "../src/report.ts";
import { halves, pendingResult, statusPatch, takeBatch } from "../src/result-patch.ts";

describe("the patch that holds results", () => {
  it("takes away what a report does not say", () => {
    const report = { phase: "Running", outputs: { result: "x" }, poll: { at: "t", plugin: "p" } } as const;
    expect(statusPatch(new Map([["n", pendingResult(report)]]))).toEqual({
      metadata: { managedFields: [{}] },
      status: {
        nodes: {
          n: {
            phase: "Running",
            message: null,
            progress: null,
            outputs: { parameters: null, artifacts: null, result: "x", exitCode: null },
            poll: { at: "t", plugin: "p", state: null },
          },
        },
      },
    });
  });

  it("is filled up to its size, in order, with one result at least", () => {
    const result = (bytes: number) => ({ report: { phase: "Succeeded" }, sizeBytes: bytes }) as const;
    const pending = new Map([
      ["a", result(900)],
      ["b", result(100)],
      ["c", result(1)],
      ["d", result(5_000)],
    ]);
    expect([...takeBatch(pending, 1_000).keys()]).toEqual(["a", "b"]);
    expect([
      ...takeBatch(
        new Map([
          ["d", result(5_000)],
          ["c", result(1)],
        ]),
        1_000,
      ).keys(),
    ]).toEqual(["d"]);
    expect(halves(pending).map((half) => [...half.keys()])).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});

describe("a report of an agent before this one", () => {
  it.each([
    [{ phase: "Running", poll: { at: "soon", plugin: "p" } }, { phase: "Running" }],
    [{ phase: "Running", poll: "x" }, { phase: "Running" }],
    [
      { phase: "Running", message: "m", poll: { at: "2026-01-01T00:00:00Z", plugin: "p", state: "{oops" } },
      { phase: "Running", message: "m", poll: { at: "2026-01-01T00:00:00Z", plugin: "p" } },
    ],
    [{ phase: "Working" }, undefined],
    ["text", undefined],
    [null, undefined],
  ])("%j", (written, want) => {
    expect(readReport(written)).toEqual(want);
  });
});
