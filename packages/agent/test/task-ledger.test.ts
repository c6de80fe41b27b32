import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "@outrigger/types";
import type { TaskOutcome } from "../src/ask-plugins.ts";
import { TaskLedger } from "../src/task-ledger.ts";
import type { Task } from "../src/task-ledger.ts";
import { LedgerWorld } from "./ledger-world.ts";
import type { Step } from "./ledger-world.ts";

const T = { plugin: { hello: {} } };
const SUCCEEDED = { phase: "Succeeded", message: "done" } as const;

function finished(): TaskOutcome {
  return { kind: "finished", result: SUCCEEDED };
}

function unfinished(afterMs: number, more: Partial<Extract<TaskOutcome, { kind: "unfinished" }>> = {}): TaskOutcome {
  const result = { phase: "Running", message: "working" } as const;
  return { kind: "unfinished", result, afterMs, plugin: "hello", state: undefined, ...more };
}

function tasks(...ids: string[]): Record<string, JsonValue> {
  return Object.fromEntries(ids.map((id) => [id, T]));
}

function ids(due: readonly Task[]): readonly string[] {
  return due.map(({ id }) => id);
}

/** A ledger that has been told of these tasks, and handed them out. */
function calling(...names: string[]): { ledger: TaskLedger; due: readonly Task[] } {
  const ledger = new TaskLedger();
  ledger.observe({ tasks: tasks(...names), results: {} }, 0);
  return { ledger, due: ledger.takeDue(0) };
}

it("results are left over where their tasks are gone", () => {
  const ledger = new TaskLedger();
  ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED, b: SUCCEEDED, toString: SUCCEEDED } }, 0);
  expect(ledger.leftovers).toEqual(["b", "toString"]);
  ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 0);
  expect(ledger.leftovers).toEqual([]);
});

describe("a task", () => {
  it("is handed out once", () => {
    const { ledger, due } = calling("a", "b");
    expect(ids(due)).toEqual(["a", "b"]);
    ledger.observe({ tasks: tasks("a", "b", "c"), results: {} }, 1);
    expect(ids(ledger.takeDue(1))).toEqual(["c"]);
    expect(ledger.takeDue(1_000_000)).toEqual([]);
  });

  it("with a final result is never handed out again", () => {
    const { ledger, due } = calling("a");
    expect(ledger.settle(due[0]!, finished(), 5)).toEqual(SUCCEEDED);
    ledger.observe({ tasks: tasks("a"), results: {} }, 6); // an older picture
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 7);
    expect(ledger.takeDue(1_000_000)).toEqual([]);
    expect(ledger.nextWakeMs()).toBeUndefined();
  });

  it("that is not done is due again after its time, with its plugin and state", () => {
    const { ledger, due } = calling("a");
    const report = ledger.settle(due[0]!, unfinished(120_000, { state: { page: 1 } }), 1_000);
    expect(report).toEqual({
      phase: "Running",
      message: "working",
      poll: { at: "1970-01-01T00:02:01.000Z", plugin: "hello", state: '{"page":1}' },
    });
    expect(ledger.nextWakeMs()).toBe(121_000);
    expect(ledger.takeDue(120_999)).toEqual([]);
    expect(ledger.takeDue(121_000)).toEqual([{ id: "a", template: T, held: { plugin: "hello", state: { page: 1 } } }]);
  });

  it("of a Workflow that was retried is another one, even if nobody has seen the one before leave", () => {
    const { ledger, due } = calling("a");
    ledger.settle(due[0]!, finished(), 1);
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 2);
    const again = { ...T, metadata: { annotations: { "outrigger.dev/retries": "1" } } };
    expect(ledger.observe({ tasks: { a: again }, results: {} }, 3).gone).toEqual(["a"]);
    expect(ledger.takeDue(3)).toMatchObject([{ id: "a", template: again }]);
    expect(ledger.observe({ tasks: { a: again }, results: {} }, 4).gone).toEqual([]);
    expect([ledger.takeDue(4), ledger.nextWakeMs()]).toEqual([[], undefined]);
  });

  it("that leaves is forgotten: its call is not wanted, and what it brings counts for nothing", () => {
    const { ledger, due } = calling("a", "b");
    const withdrawn = { ...due[0], cancel: { reason: "the task was withdrawn", untilMs: undefined } };
    expect(ledger.observe({ tasks: tasks("b"), results: {} }, 1)).toEqual({
      gone: ["a"],
      unwanted: [due[0]],
      withdrawn: [withdrawn],
    });
    expect(ledger.settle(due[0]!, finished(), 2)).toBeUndefined();
    expect(ledger.note(due[0]!, "x")).toBeUndefined();
  });

  it("that comes again under its id starts anew, whatever its first call still brings", () => {
    const { ledger, due } = calling("a");
    ledger.observe({ tasks: {}, results: {} }, 1);
    ledger.observe({ tasks: tasks("a"), results: {} }, 2);
    const again = ledger.takeDue(2);
    expect(ids(again)).toEqual(["a"]);
    expect(ledger.settle(due[0]!, finished(), 3)).toBeUndefined();
    expect(ledger.settle(again[0]!, finished(), 4)).toEqual(SUCCEEDED);
  });

  it("that was answered, left, and comes again because its answer was lost, is answered again", () => {
    const { ledger, due } = calling("a");
    ledger.settle(due[0]!, finished(), 1);
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 2);
    ledger.observe({ tasks: {}, results: {} }, 3);
    ledger.observe({ tasks: tasks("a"), results: {} }, 4);
    expect(ids(ledger.takeDue(4))).toEqual(["a"]);
  });

  it("that another agent has finished is not wanted any more", () => {
    const { ledger, due } = calling("a");
    expect(ledger.observe({ tasks: tasks("a"), results: { a: { phase: "Failed" } } }, 1).unwanted).toEqual(due);
    expect(ledger.takeDue(1_000_000)).toEqual([]);
  });
});

describe("what an agent before this one has written", () => {
  it.each([
    ["a final result", { phase: "Succeeded" }],
    ["a failure", { phase: "Failed", message: "no" }],
    ["a final result whose rest cannot be read", { phase: "Succeeded", outputs: "x" }],
  ])("%s is final", (_what, written) => {
    const ledger = new TaskLedger();
    ledger.observe({ tasks: tasks("a"), results: { a: written } }, 0);
    expect(ledger.takeDue(1e15)).toEqual([]);
  });

  const open: Readonly<Record<string, readonly [written: JsonValue, dueAt: number, held?: object]>> = {
    "a poll to come": [
      { phase: "Running", poll: { at: "1970-01-01T00:01:00Z", plugin: "hello", state: "[1]" } },
      60_000,
      { plugin: "hello", state: [1] },
    ],
    "a poll whose time has passed": [
      { phase: "Running", poll: { at: "1960-01-01T00:00:00Z", plugin: "hello" } },
      0,
      { plugin: "hello", state: undefined },
    ],
    "a passing note": [{ phase: "Pending", message: "waiting for the plugin" }, 0],
    "Running, by Argo's agent": [{ phase: "Running" }, 0],
    "something that cannot be read": ["?", 0],
  };

  it.each(Object.entries(open))("%s goes on at its time", (_what, [written, dueAt, held]) => {
    const ledger = new TaskLedger();
    ledger.observe({ tasks: tasks("a"), results: { a: written } }, 0);
    expect(dueAt === 0 ? [] : ledger.takeDue(dueAt - 1)).toEqual([]);
    expect(ledger.takeDue(dueAt)).toEqual([{ id: "a", template: T, held }]);
  });
});

describe("a result that is missing in the task set", () => {
  function answered(): TaskLedger {
    const { ledger, due } = calling("a");
    ledger.settle(due[0]!, finished(), 0);
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 1);
    return ledger;
  }

  it("for a moment, until the task leaves too, is none of our business", () => {
    const ledger = answered();
    ledger.observe({ tasks: tasks("a"), results: {} }, 1_000);
    expect(ledger.nextWakeMs()).toBe(11_000);
    ledger.observe({ tasks: {}, results: {} }, 1_500);
    expect([ledger.takeLost(20_000), ledger.takeDue(20_000)]).toEqual([[], []]);
  });

  it("for long, while the task stays, is reported again: without another call", () => {
    const ledger = answered();
    ledger.observe({ tasks: tasks("a"), results: {} }, 1_000);
    ledger.observe({ tasks: tasks("a"), results: {} }, 5_000);
    expect(ledger.takeLost(10_999)).toEqual([]);
    expect(ledger.takeLost(11_000)).toEqual([{ id: "a", report: SUCCEEDED }]);
    expect([ledger.takeLost(30_000), ledger.takeDue(30_000)]).toEqual([[], []]);
  });

  it("and comes back, is not missing", () => {
    const ledger = answered();
    ledger.observe({ tasks: tasks("a"), results: {} }, 1_000);
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 2_000);
    expect(ledger.takeLost(60_000)).toEqual([]);
  });

  it("and comes from an agent before this one is reported again as well", () => {
    const ledger = new TaskLedger();
    ledger.observe({ tasks: tasks("a"), results: { a: SUCCEEDED } }, 0);
    ledger.observe({ tasks: tasks("a"), results: {} }, 0);
    expect(ledger.takeLost(10_000)).toEqual([{ id: "a", report: SUCCEEDED }]);
    expect(ledger.takeDue(10_000)).toEqual([]);
  });

  it("and that nobody could read has the task called again", () => {
    const ledger = new TaskLedger();
    ledger.observe({ tasks: tasks("a"), results: { a: { phase: "Succeeded", outputs: "x" } } }, 0);
    ledger.observe({ tasks: tasks("a"), results: {} }, 0);
    expect(ledger.takeLost(10_000)).toEqual([]);
    expect(ids(ledger.takeDue(10_000))).toEqual(["a"]);
  });
});

describe("what is reported of a task", () => {
  it("that waits keeps what was reported before, with a note", () => {
    const { ledger, due } = calling("a");
    expect(ledger.note(due[0]!, "waiting")).toEqual({ phase: "Pending", message: "waiting" });
    const running = ledger.settle(due[0]!, unfinished(10), 0);
    const [again] = ledger.takeDue(10);
    expect(ledger.note(again!, "retried")).toEqual({ ...running, message: "retried" });
  });

  it("that is polled often is written down only where it has changed", () => {
    const { ledger, due } = calling("a");
    expect(ledger.settle(due[0]!, unfinished(100), 0)).toBeDefined();
    const settleAt = (nowMs: number, outcome: TaskOutcome) => ledger.settle(ledger.takeDue(nowMs)[0]!, outcome, nowMs);
    expect(settleAt(100, unfinished(100))).toBeUndefined();
    expect(settleAt(200, unfinished(100, { state: 1 }))).toBeDefined();
    expect(settleAt(300, unfinished(100, { state: 1 }))).toBeUndefined();
    expect(settleAt(400, unfinished(60_000, { state: 1 }))).toBeDefined();
  });

  it("that has nothing to report is nothing, but for a note that must go", () => {
    const { ledger, due } = calling("a");
    expect(ledger.settle(due[0]!, unfinished(100, { result: undefined }), 0)).toBeUndefined();
    const [again] = ledger.takeDue(100);
    ledger.note(again!, "retried");
    expect(ledger.settle(again!, unfinished(100, { result: undefined }), 0)).toEqual({ phase: "Pending" });
  });

  it("and refused by the API is what takes its place", () => {
    const { ledger, due } = calling("a");
    ledger.settle(due[0]!, unfinished(100), 0);
    const [again] = ledger.takeDue(100);
    expect(ledger.replace(again!.id, { phase: "Failed", message: "too large" })).toBe(again);
    expect(ledger.settle(again!, finished(), 101)).toBeUndefined();
    expect(ledger.takeDue(1_000_000)).toEqual([]);
  });
});

describe("whatever happens in whatever order", () => {
  const id = fc.constantFrom("a", "b", "c");
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constantFrom("announce", "cancel", "remove", "store", "trim", "answer", "poll"), id }),
    fc.constant({ kind: "crash" as const }),
    fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 15_000 }) }),
  );

  it("no task is called twice at once, nor after it was answered, nor begun twice over a crash, and none is forgotten", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new LedgerWorld();
        for (const next of steps) world.take(next);
        expect([...world.problems, ...world.forgotten()]).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
