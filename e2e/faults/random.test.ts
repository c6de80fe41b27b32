import type { Workflow } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { randomRun } from "./support/random-run.ts";
import type { RandomOutcome } from "./support/random-run.ts";
import { repeatedAfterSave } from "./support/journal.ts";

// Another seed, another run: FAULTS_SEED=7 npx vitest run e2e/faults/random
const seed = Number(process.env["FAULTS_SEED"] ?? 1);
const count = Number(process.env["FAULTS_WORKFLOWS"] ?? 200);

const AT_MOST_ONCE = /outrigger\.dev\/at-most-once/;

function failureMessages({ status }: Workflow): readonly string[] {
  const steps = Object.values(status?.nodes ?? {}).filter(
    ({ type, phase }) => type === "Plugin" && phase !== "Succeeded",
  );
  return steps.map(({ name, phase, message = "" }) => `${name} ${phase} ${message}`);
}

describe(`${count} Workflows with faults at random, seed ${seed}`, () => {
  let outcome: RandomOutcome;

  it("all come to their end", { timeout: 620_000 }, async () => {
    outcome = await randomRun({ seed, workflows: count, width: 40, limitMs: 600_000 });
    expect(outcome.workflows).toHaveLength(count);
  });

  it("all succeed but for steps that must not be repeated, which say so", () => {
    const failed = outcome.workflows.filter(({ status }) => status?.phase !== "Succeeded");
    const unexplained = failed
      .map(failureMessages)
      .filter((messages) => !messages.some((text) => AT_MOST_ONCE.test(text)));
    expect(unexplained).toEqual([]);
  });

  it("no call is repeated once its answer is saved", () => {
    const late = repeatedAfterSave(outcome.journal).map((id) => outcome.journal.of(id));
    expect(late).toEqual([]);
  });

  it("a call that is repeated carries the same idempotency key, and no other call does", () => {
    const nodeByKey = new Map<string, string>();
    const keyByNode = new Map<string, string>();
    for (const { nodeId, idempotencyKey } of outcome.journal.calls()) {
      expect(idempotencyKey).not.toBe("");
      expect(keyByNode.get(nodeId) ?? idempotencyKey).toBe(idempotencyKey);
      expect(nodeByKey.get(idempotencyKey) ?? nodeId).toBe(nodeId);
      keyByNode.set(nodeId, idempotencyKey);
      nodeByKey.set(idempotencyKey, nodeId);
    }
  });

  it("what must not be repeated reaches the plugin at most once", () => {
    const counts = new Map<string, number>();
    for (const { plugin, nodeId } of outcome.journal.calls()) {
      if (plugin === "once") counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThan(0);
    expect([...counts].filter(([, calls]) => calls > 1)).toEqual([]);
  });

  it("each step that succeeded was called", () => {
    const called = new Set(outcome.journal.calls().map(({ nodeId }) => nodeId));
    const nodes = outcome.workflows.flatMap(({ status }) => Object.values(status?.nodes ?? {}));
    const uncalled = nodes.filter(
      ({ id, type, phase }) => type === "Plugin" && phase === "Succeeded" && !called.has(id),
    );
    expect(uncalled.map(({ name }) => name)).toEqual([]);
  });
});
