import { decideSuspended, resubmittedWorkflow, retriedWorkflow } from "@outrigger/engine";
import type { Outcome, SuspendDecision } from "@outrigger/engine";
import { nodeId, workflowParser } from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { SimulatedCluster } from "../simulation/cluster.ts";
import { ECHO } from "../simulation/echo-agent.ts";

const NOTHING: ReadonlyMap<string, string> = new Map();

function workflow(parts: { readonly metadata?: object; readonly spec?: object; readonly status?: object }): Workflow {
  const value = { spec: { entrypoint: "main" }, ...parts, metadata: { name: "wf", ...parts.metadata } };
  const parsed = workflowParser(value, "");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

function node(name: string, more: object = {}): object {
  return { id: name, name, displayName: name.split(".").at(-1), type: "Plugin", phase: "Failed", ...more };
}

function nodes(...list: readonly object[]): object {
  return Object.fromEntries(list.map((each) => [(each as { id: string }).id, each]));
}

function messageOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? "ok" : outcome.message;
}

describe("a Workflow is retried", () => {
  const retry = (of: Workflow): Outcome<Workflow> => retriedWorkflow(of, { nowMs: 0, parameters: NOTHING });

  it("only if it has failed, and if it is ours", () => {
    const pod = nodes(node("wf", { type: "Pod" }));
    expect(messageOf(retry(workflow({})))).toBe("only what has failed can be retried; its phase is Pending");
    expect(messageOf(retry(workflow({ status: { phase: "Failed", nodes: pod } })))).toMatch(/which only Argo runs/);
    const offloaded = { phase: "Failed", offloadNodeStatusVersion: "fnv:1" };
    expect(messageOf(retry(workflow({ status: offloaded })))).toMatch(/in Argo's database/);
    const unsound = workflow({ status: { phase: "Failed", message: "invalid spec", startedAt: "x", finishedAt: "x" } });
    expect(retry(unsound)).toMatchObject({ ok: true, value: { status: { startedAt: "1970-01-01T00:00:00Z" } } });
  });

  it("without its end: phase, message, time, the mark that it is completed and the will to stop it go", () => {
    const outcome = retry(
      workflow({
        metadata: { labels: { "workflows.argoproj.io/completed": "true", team: "a" } },
        spec: { entrypoint: "main", shutdown: "Stop", suspend: true },
        status: {
          phase: "Error",
          message: "why",
          startedAt: "2026-01-01T00:00:00Z",
          finishedAt: "2026-01-01T00:00:01Z",
          conditions: [{ type: "Completed", status: "True" }],
          nodes: nodes(node("wf")),
        },
      }),
    );
    expect(outcome.ok && outcome.value).toEqual({
      metadata: { name: "wf", labels: { team: "a" } },
      spec: { entrypoint: "main", suspend: true },
      status: {
        startedAt: "1970-01-01T00:00:00Z",
        conditions: [{ type: "Completed", status: "False" }],
        nodes: {},
      },
    });
  });

  it("with the exit handler to run again, be it the only thing that failed; a task whose name begins alike stays", () => {
    const all = nodes(
      node("wf", { type: "DAG", phase: "Succeeded", children: ["wf.onExitPage"] }),
      node("wf.onExitPage", { phase: "Succeeded", boundaryID: "wf" }),
      node("wf.onExit", { type: "Steps", children: ["wf.onExit[0]"] }),
      node("wf.onExit[0]", { type: "StepGroup", boundaryID: "wf.onExit", children: ["wf.onExit[0].a"] }),
      node("wf.onExit[0].a", { boundaryID: "wf.onExit" }),
    );
    const outcome = retry(workflow({ status: { phase: "Failed", nodes: all } }));
    expect(Object.keys((outcome.ok && outcome.value.status?.nodes) || {})).toEqual(["wf", "wf.onExitPage"]);
  });

  it("with all members of what failed, where its arguments change: there may be others", () => {
    const all = nodes(
      node("wf", { type: "Steps", children: ["wf[0]"] }),
      node("wf[0]", { type: "StepGroup", boundaryID: "wf", children: ["wf[0].a(0:x)", "wf[0].a(1:y)"] }),
      node("wf[0].a(0:x)", { boundaryID: "wf", phase: "Succeeded" }),
      node("wf[0].a(1:y)", { boundaryID: "wf" }),
    );
    const failed = workflow({
      spec: { entrypoint: "main", arguments: { parameters: [{ name: "list", value: "[x, y]" }] } },
      status: { phase: "Failed", nodes: all },
    });
    const outcome = retriedWorkflow(failed, { nowMs: 0, parameters: new Map([["list", "[z]"]]) });
    expect(outcome).toMatchObject({
      value: { spec: { arguments: { parameters: [{ name: "list", value: "[z]" }] } } },
    });
    expect(Object.keys((outcome.ok && outcome.value.status?.nodes) || {})).toEqual(["wf", "wf[0]"]);
  });
});

it("what Argo's command line writes is a retry, too: a step that is tried again keeps its node, without attempts", () => {
  const cluster = new SimulatedCluster({
    metadata: { name: "wf" },
    spec: {
      entrypoint: "main",
      templates: [
        {
          name: "main",
          steps: [
            [
              { name: "a", template: "tries" },
              { name: "b", template: "tries" },
            ],
          ],
        },
        { name: "tries", retryStrategy: { limit: "0" }, plugin: { echo: {} } },
      ],
    },
  });
  cluster.plugins = [ECHO];
  const end = (name: string, phase: string): void => cluster.report(nodeId("wf", `wf[0].${name}(0)`), { phase });
  cluster.settle();
  end("a", "Succeeded");
  end("b", "Failed");
  cluster.settle();
  expect(cluster.status.phase).toBe("Failed");
  cluster.setPod((pod) => ({ ...pod, status: { phase: "Succeeded" } }));
  cluster.patch((stored) => {
    const {
      phase: _phase,
      message: _message,
      finishedAt: _end,
      ...status
    } = stored["status"] as Record<string, unknown>;
    const kept = Object.values(status["nodes"] as Record<string, Record<string, unknown>>).filter(
      ({ displayName }) => displayName !== "b(0)",
    );
    const reset = kept.map(({ finishedAt, message, ...each }) =>
      each["phase"] === "Failed"
        ? {
            ...each,
            phase: "Running",
            startedAt: "2026-11-23T10:00:00Z",
            ...(each["displayName"] === "b" ? { children: [] } : {}),
          }
        : { ...each, finishedAt, ...(message === undefined ? {} : { message }) },
    );
    const nodes = Object.fromEntries(reset.map((each) => [(each as { id?: string }).id, each]));
    return { ...stored, status: { ...status, startedAt: "2026-11-23T10:00:00Z", nodes } };
  });
  cluster.settle();
  const tasks = Object.values(cluster.taskSet?.spec.tasks ?? {});
  expect(tasks).toMatchObject([{ metadata: { annotations: { "outrigger.dev/retries": "1" } } }]);
  end("b", "Succeeded");
  cluster.settle();
  expect(cluster.status.phase).toBe("Succeeded");
});

it("a Workflow is resubmitted with what its author wrote, under a name to be made, and says from which", () => {
  const again = resubmittedWorkflow(
    workflow({
      metadata: {
        namespace: "a",
        uid: "u",
        resourceVersion: "7",
        labels: { "workflows.argoproj.io/phase": "Failed", "workflows.argoproj.io/completed": "true", team: "a" },
        annotations: { "outrigger.dev/retries": "1", note: "b" },
      },
      spec: { entrypoint: "main", shutdown: "Terminate" },
      status: { phase: "Failed", startedAt: "x" },
    }),
    new Map([["who", "Ada"]]),
  );
  expect(again).toEqual({
    metadata: {
      generateName: "wf-",
      namespace: "a",
      labels: { team: "a", "workflows.argoproj.io/resubmitted-from-workflow": "wf" },
      annotations: { note: "b" },
    },
    spec: { entrypoint: "main", arguments: { parameters: [{ name: "who", value: "Ada" }] } },
  });
});

describe("steps that wait to be resumed", () => {
  const supplied = (name: string, more: object = {}): object => ({ name, valueFrom: { supplied: {}, ...more } });
  const waiting = (name: string, ...parameters: readonly object[]): object =>
    node(name, { type: "Suspend", phase: "Running", ...(parameters.length === 0 ? {} : { outputs: { parameters } }) });
  const decide = (of: Workflow, decision: Partial<SuspendDecision>): Outcome<Workflow> =>
    decideSuspended(of, { node: undefined, phase: "Succeeded", outputs: NOTHING, ...decision });
  const running = (...list: readonly object[]): Workflow =>
    workflow({ status: { phase: "Running", nodes: nodes(...list) } });
  const phases = (outcome: Outcome<Workflow>): object =>
    Object.fromEntries(
      Object.values((outcome.ok && outcome.value.status?.nodes) || {}).map(({ displayName, phase }) => [
        displayName,
        phase,
      ]),
    );

  it("are all resumed, with the Workflow if it is held back", () => {
    const held = running(waiting("wf.a"), waiting("wf.b"), node("wf.c", { phase: "Running" }));
    const outcome = decide({ ...held, spec: { ...held.spec, suspend: true } }, {});
    expect(phases(outcome)).toEqual({ a: "Succeeded", b: "Succeeded", c: "Running" });
    expect(outcome.ok && outcome.value.spec).toEqual({ entrypoint: "main" });
  });

  it("are resumed or failed one by one", () => {
    const both = running(waiting("wf.a"), waiting("wf.b"));
    expect(phases(decide(both, { node: "a" }))).toEqual({ a: "Succeeded", b: "Running" });
    const failed = decide(both, { node: "wf.b", phase: "Failed", message: "not approved" });
    expect(phases(failed)).toEqual({ a: "Running", b: "Failed" });
    expect(failed.ok && failed.value.status?.nodes).toMatchObject({ "wf.b": { message: "not approved" } });
  });

  it("put out what is supplied, or its default", () => {
    const outcome = decide(running(waiting("wf.a", supplied("who"), supplied("how", { default: "well" }))), {
      node: "a",
      outputs: new Map([["who", "Ada"]]),
    });
    expect(outcome.ok && outcome.value.status?.nodes).toMatchObject({
      "wf.a": {
        outputs: {
          parameters: [
            { name: "who", value: "Ada" },
            { name: "how", value: "well" },
          ],
        },
      },
    });
  });

  const REFUSALS: Record<string, { of: Workflow; decision?: Partial<SuspendDecision>; want: string }> = {
    "it has ended": { of: workflow({ status: { phase: "Failed" } }), want: "it has ended: Failed" },
    "nothing waits": { of: running(node("wf.a")), want: "nothing in it waits to be resumed" },
    "no such step": {
      of: running(waiting("wf.a")),
      decision: { node: "b" },
      want: "no step b waits to be resumed; those that do: wf.a",
    },
    "two of a name": {
      of: running(waiting("wf.x.a"), waiting("wf.y.a")),
      decision: { node: "a" },
      want: "several steps are called a: say which by its full name, wf.x.a, wf.y.a",
    },
    "a value is missing": {
      of: running(waiting("wf.a", supplied("who"))),
      want: "step a puts out who, which has no default: give it a value",
    },
    "a value too many": {
      of: running(waiting("wf.a", supplied("who"))),
      decision: { outputs: new Map([["whom", "x"]]) },
      want: "step a takes no output parameter whom; it takes who",
    },
  };
  it.each(Object.entries(REFUSALS))("are left alone where %s", (_, { of, decision = {}, want }) => {
    expect(messageOf(decide(of, decision))).toBe(want);
  });
});
