import { describe, expect, test } from "vitest";
import { MAX_WORKFLOW_BYTES, WorkflowTooLarge, packStatus, storedWorkflowParser } from "@outrigger/kube";
import { workflowParser } from "@outrigger/types";
import type { KubeObject, WorkflowStatus } from "@outrigger/types";

const WORKFLOW: KubeObject = {
  metadata: { name: "large", namespace: "team" },
  spec: { entrypoint: "main", templates: [{ name: "main", suspend: {} }] },
};

function statusOf(count: number, message: (index: number) => string): WorkflowStatus {
  const nodes = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const id = `large-${index}`;
      return [id, { id, name: id, displayName: id, type: "Suspend", phase: "Running", message: message(index) }];
    }),
  );
  const parsed = workflowParser({ ...WORKFLOW, status: { phase: "Running", nodes } }, "");
  if (!parsed.ok) throw new Error("the test's own Workflow is broken");
  return parsed.value.status ?? {};
}

describe("nodes of a large Workflow", () => {
  test("stay as they are while there is room", () => {
    const status = statusOf(10, () => "waits");
    expect(packStatus(WORKFLOW, status)).toBe(status);
  });

  test("are compressed beyond 1 MiB, and read back the same", () => {
    const status = statusOf(2_000, () => "x".repeat(1_000));
    const packed = packStatus(WORKFLOW, status);
    expect(packed).not.toHaveProperty("nodes");
    expect(packed.compressedNodes?.length).toBeLessThan(MAX_WORKFLOW_BYTES / 4);
    const read = storedWorkflowParser({ ...WORKFLOW, status: packed }, "");
    expect(read.ok && read.value.status).toEqual(status);
  });

  test("too large even so are refused, with the sizes", () => {
    let seed = 1;
    const noise = (): string => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed.toString(36);
    };
    const status = statusOf(2_000, () => Array.from({ length: 300 }, noise).join(""));
    expect(() => packStatus(WORKFLOW, status)).toThrow(WorkflowTooLarge);
  });

  test("that cannot be unpacked are an issue with its path", () => {
    const read = storedWorkflowParser({ ...WORKFLOW, status: { compressedNodes: "bm90IGd6aXA=" } }, "");
    expect(read).toEqual({
      ok: false,
      issues: [{ path: "status.compressedNodes", message: "must be JSON, compressed with gzip and encoded as base64" }],
    });
  });
});
