import { describe, expect, test } from "vitest";
import { eventsOf } from "../../src/runtime/pod-events.ts";
import { applyEvent, newPodState, nextSteps } from "../../src/runtime/pod-lifecycle.ts";
import type { ContainerEvent, Ending, LifecycleEvent, NextSteps, PodState } from "../../src/runtime/pod-lifecycle.ts";
import { podPhase, podStatus } from "../../src/runtime/pod-status.ts";
import type { RestartPolicy } from "../../src/runtime/spec/pod-spec.ts";

const START_MS = Date.UTC(2026, 0, 1);
const SECOND = 1_000;

interface Shape {
  readonly restartPolicy?: RestartPolicy;
  readonly init?: readonly string[];
  readonly main?: readonly string[];
  readonly activeDeadlineSeconds?: number;
}

function podOf({ restartPolicy = "Always", init = [], main = ["main"], ...rest }: Shape): PodState {
  const containers = (names: readonly string[]) => names.map((name) => ({ name, image: "image" }) as never);
  const spec = { restartPolicy, initContainers: containers(init), containers: containers(main), ...rest };
  return newPodState("pod_default(uid)", spec, { initialMs: SECOND, maxMs: 300 * SECOND });
}

function after(state: PodState, ...events: readonly LifecycleEvent[]): PodState {
  return events.reduce(applyEvent, state);
}

const bound: LifecycleEvent = { type: "bound", atMs: START_MS };
const started = (container: string, atMs = START_MS): ContainerEvent => ({
  type: "started",
  container,
  containerId: `id-${container}`,
  atMs,
});
const exited = (container: string, exitCode: number, atMs = START_MS): ContainerEvent => ({
  type: "exited",
  container,
  exitCode,
  atMs,
});
const ran = (container: string, exitCode: number, atMs = START_MS) => [
  started(container, atMs),
  exited(container, exitCode, atMs),
];
const blocked = (container: string, retryInMs: Extract<ContainerEvent, { type: "blocked" }>["retryInMs"]) =>
  ({ type: "blocked", container, reason: "CreateContainerError", message: "why", atMs: START_MS, retryInMs }) as const;
const ending = (kind: Ending["kind"]): LifecycleEvent => ({ type: "ending", ending: { kind, message: "because" } });

describe("phase", () => {
  const cases: readonly { why: string; shape?: Shape; events: readonly LifecycleEvent[]; phase: string }[] = [
    { why: "not looked at", events: [], phase: "Pending" },
    { why: "no place", events: [{ type: "unschedulable", message: "port" }], phase: "Pending" },
    { why: "a place, nothing started", events: [bound], phase: "Pending" },
    { why: "init runs", shape: { init: ["i"] }, events: [bound, started("i")], phase: "Pending" },
    {
      why: "init failed, will be tried again",
      shape: { init: ["i"] },
      events: [bound, ...ran("i", 1)],
      phase: "Pending",
    },
    {
      why: "init failed for good",
      shape: { init: ["i"], restartPolicy: "Never" },
      events: [bound, ...ran("i", 1)],
      phase: "Failed",
    },
    { why: "runs", events: [bound, started("main")], phase: "Running" },
    { why: "one of two never started", shape: { main: ["a", "b"] }, events: [bound, started("a")], phase: "Pending" },
    {
      why: "one of two cannot start",
      shape: { main: ["a", "b"] },
      events: [bound, started("a"), blocked("b", "backoff")],
      phase: "Pending",
    },
    { why: "waits to be restarted", events: [bound, ...ran("main", 1), ...ran("main", 1)], phase: "Running" },
    { why: "Always restarts success too", events: [bound, ...ran("main", 0)], phase: "Running" },
    {
      why: "OnFailure, success",
      shape: { restartPolicy: "OnFailure" },
      events: [bound, ...ran("main", 0)],
      phase: "Succeeded",
    },
    {
      why: "OnFailure, failure",
      shape: { restartPolicy: "OnFailure" },
      events: [bound, ...ran("main", 1)],
      phase: "Running",
    },
    {
      why: "Never, one failed, one runs",
      shape: { restartPolicy: "Never", main: ["a", "b"] },
      events: [bound, ...ran("a", 1), started("b")],
      phase: "Running",
    },
    {
      why: "Never, one failed, one succeeded",
      shape: { restartPolicy: "Never", main: ["a", "b"] },
      events: [bound, ...ran("a", 1), ...ran("b", 0)],
      phase: "Failed",
    },
    { why: "deleted, still running", events: [bound, started("main"), ending("deleted")], phase: "Running" },
    {
      why: "deleted, stopped with success",
      events: [bound, started("main"), ending("deleted"), exited("main", 0)],
      phase: "Succeeded",
    },
    {
      why: "deleted, stopped by a signal",
      events: [bound, started("main"), ending("deleted"), exited("main", 143)],
      phase: "Failed",
    },
    { why: "deadline exceeded, still running", events: [bound, started("main"), ending("deadline")], phase: "Failed" },
    { why: "a spec that is none", events: [ending("refused")], phase: "Failed" },
    {
      why: "handing over, one still runs",
      shape: { main: ["work", "plugin"], restartPolicy: "OnFailure" },
      events: [bound, ...ran("work", 0), started("plugin"), ending("handed over")],
      phase: "Running",
    },
    {
      why: "handed over: what was stopped does not count",
      shape: { main: ["work", "plugin"], restartPolicy: "OnFailure" },
      events: [bound, ...ran("work", 0), started("plugin"), ending("handed over"), exited("plugin", 143)],
      phase: "Succeeded",
    },
  ];
  test.each(cases)("$why: $phase", ({ shape = {}, events, phase }) => {
    expect(podPhase(after(podOf(shape), ...events))).toBe(phase);
  });
});

describe("next steps", () => {
  const soon = START_MS + SECOND;
  const cases: readonly {
    why: string;
    shape?: Shape;
    events: readonly LifecycleEvent[];
    nowMs?: number;
    want: Partial<NextSteps>;
  }[] = [
    { why: "nothing starts without a place", events: [], want: { start: [], finished: false } },
    { why: "all containers start at once", shape: { main: ["a", "b"] }, events: [bound], want: { start: ["a", "b"] } },
    {
      why: "the first init container starts alone",
      shape: { init: ["i", "j"] },
      events: [bound],
      want: { start: ["i"] },
    },
    {
      why: "the second when the first has succeeded",
      shape: { init: ["i", "j"] },
      events: [bound, ...ran("i", 0)],
      want: { start: ["j"] },
    },
    {
      why: "none is started twice",
      events: [bound, { type: "starting", container: "main" }],
      want: { start: [], finished: false },
    },
    { why: "the first restart comes at once", events: [bound, ...ran("main", 1)], want: { start: ["main"] } },
    {
      why: "the second after the initial delay",
      events: [bound, ...ran("main", 1), ...ran("main", 1)],
      want: { start: [], wakeAtMs: soon },
    },
    {
      why: "and it does come",
      events: [bound, ...ran("main", 1), ...ran("main", 1)],
      nowMs: soon,
      want: { start: ["main"] },
    },
    {
      why: "delays double",
      events: [bound, ...ran("main", 1), ...ran("main", 1), ...ran("main", 1), ...ran("main", 1)],
      want: { start: [], wakeAtMs: START_MS + 4 * SECOND },
    },
    {
      why: "up to a limit",
      events: [bound, ...Array.from({ length: 30 }, () => ran("main", 1)).flat()],
      want: { wakeAtMs: START_MS + 300 * SECOND },
    },
    {
      why: "a long run is forgiven",
      events: [
        bound,
        ...ran("main", 1),
        ...ran("main", 1),
        started("main"),
        exited("main", 1, START_MS + 601 * SECOND),
      ],
      nowMs: START_MS + 601 * SECOND,
      want: { start: ["main"] },
    },
    {
      why: "what is blocked waits for its time",
      events: [bound, blocked("main", 5 * SECOND)],
      want: { start: [], wakeAtMs: START_MS + 5 * SECOND },
    },
    {
      why: "or for a growing time",
      events: [bound, blocked("main", "backoff"), blocked("main", "backoff")],
      want: { start: [], wakeAtMs: START_MS + 2 * SECOND },
    },
    {
      why: "or for a change",
      events: [bound, blocked("main", "when something changes")],
      want: { start: [], finished: false },
    },
    {
      why: "which comes",
      events: [bound, blocked("main", "when something changes"), { type: "unblocked", container: "main" }],
      want: { start: ["main"] },
    },
    {
      why: "success for good",
      shape: { restartPolicy: "Never" },
      events: [bound, ...ran("main", 0)],
      want: { finished: true },
    },
    {
      why: "an init container that failed for good",
      shape: { restartPolicy: "Never", init: ["i"] },
      events: [bound, ...ran("i", 1)],
      want: { start: [], finished: true },
    },
    {
      why: "the deadline wakes",
      shape: { activeDeadlineSeconds: 60 },
      events: [bound, started("main")],
      want: { wakeAtMs: START_MS + 60 * SECOND, deadlineExceeded: false },
    },
    {
      why: "the deadline has passed",
      shape: { activeDeadlineSeconds: 60 },
      events: [bound, started("main")],
      nowMs: START_MS + 60 * SECOND,
      want: { deadlineExceeded: true },
    },
    { why: "an ending starts nothing", events: [bound, ending("deleted")], want: { start: [], finished: true } },
    {
      why: "an ending waits for what runs",
      events: [bound, started("main"), ending("deleted")],
      want: { finished: false },
    },
    {
      why: "and does not restart it",
      events: [bound, started("main"), ending("deleted"), exited("main", 1)],
      want: { start: [], finished: true },
    },
  ];
  test.each(cases)("$why", ({ shape = {}, events, nowMs = START_MS, want }) => {
    expect(nextSteps(after(podOf(shape), ...events), nowMs)).toMatchObject(want);
  });
});

describe("conditions", () => {
  const conditionsOf = (state: PodState): Record<string, string> =>
    Object.fromEntries(
      podStatus(state, { qosClass: "BestEffort", nowMs: START_MS }).conditions.map(
        ({ type, status, reason, message }) => [
          type,
          [status, reason, message].filter((part) => part !== undefined).join(" "),
        ],
      ),
    );

  test.each<{ why: string; shape?: Shape; events: readonly LifecycleEvent[]; want: Record<string, string> }>([
    { why: "not looked at", events: [], want: {} },
    {
      why: "no place",
      events: [{ type: "unschedulable", message: "port 1 is taken" }],
      want: { PodScheduled: "False Unschedulable port 1 is taken" },
    },
    {
      why: "initializing",
      shape: { init: ["i", "j"] },
      events: [bound, ...ran("i", 0)],
      want: {
        PodScheduled: "True",
        Initialized: "False ContainersNotInitialized containers with incomplete status: [j]",
        ContainersReady: "False ContainersNotReady containers with unready status: [main]",
        Ready: "False ContainersNotReady containers with unready status: [main]",
      },
    },
    {
      why: "running",
      events: [bound, started("main")],
      want: { PodScheduled: "True", Initialized: "True", ContainersReady: "True", Ready: "True" },
    },
    {
      why: "succeeded",
      shape: { restartPolicy: "Never" },
      events: [bound, ...ran("main", 0)],
      want: {
        PodScheduled: "True",
        Initialized: "True PodCompleted",
        ContainersReady: "False PodCompleted",
        Ready: "False PodCompleted",
      },
    },
    {
      why: "failed",
      shape: { restartPolicy: "Never" },
      events: [bound, ...ran("main", 2)],
      want: { PodScheduled: "True", Initialized: "True", ContainersReady: "False PodFailed", Ready: "False PodFailed" },
    },
  ])("$why", ({ shape = {}, events, want }) => {
    expect(conditionsOf(after(podOf(shape), ...events))).toEqual(want);
  });

  test("keep the time of their last change", () => {
    const state = after(podOf({}), bound);
    const first = podStatus(state, { qosClass: "BestEffort", nowMs: START_MS });
    const later = podStatus(after(state, started("main")), {
      qosClass: "BestEffort",
      nowMs: START_MS + 5 * SECOND,
      previous: first,
    });
    const times = Object.fromEntries(
      later.conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
    );
    expect(times).toEqual({
      PodScheduled: "2026-01-01T00:00:00Z",
      Initialized: "2026-01-01T00:00:00Z",
      ContainersReady: "2026-01-01T00:00:05Z",
      Ready: "2026-01-01T00:00:05Z",
    });
  });
});

describe("container statuses", () => {
  const statusOf = (...events: readonly LifecycleEvent[]) =>
    podStatus(after(podOf({}), bound, ...events), { qosClass: "BestEffort", nowMs: START_MS }).containerStatuses?.[0];

  test("running after an end: the end is the last state, and it counts", () => {
    expect(statusOf(...ran("main", 3), started("main", START_MS + SECOND))).toEqual({
      name: "main",
      image: "image",
      imageID: "",
      containerID: "id-main",
      ready: true,
      started: true,
      restartCount: 1,
      state: { running: { startedAt: "2026-01-01T00:00:01Z" } },
      lastState: {
        terminated: {
          exitCode: 3,
          reason: "Error",
          startedAt: "2026-01-01T00:00:00Z",
          finishedAt: "2026-01-01T00:00:00Z",
        },
      },
    });
  });

  test("backing off, in the kubelet's words", () => {
    expect(statusOf(...ran("main", 1), ...ran("main", 1))?.state).toEqual({
      waiting: {
        reason: "CrashLoopBackOff",
        message: "back-off 1s restarting failed container=main pod=pod_default(uid)",
      },
    });
  });

  test("a second attempt goes on showing why the first failed", () => {
    expect(statusOf(blocked("main", "backoff"), { type: "starting", container: "main" })?.state).toEqual({
      waiting: { reason: "CreateContainerError", message: "why" },
    });
  });

  test("attempts that failed are no restarts", () => {
    expect(statusOf(blocked("main", "backoff"), blocked("main", "backoff"), started("main"))?.restartCount).toBe(0);
  });
});

describe("events for kubectl describe", () => {
  const told = (state: PodState, event: LifecycleEvent) =>
    eventsOf(event, state, applyEvent(state, event)).map(({ type, reason }) => `${type} ${reason}`);

  test("each step tells once", () => {
    const state = after(podOf({}), bound);
    expect(told(podOf({}), bound)).toEqual(["Normal Scheduled"]);
    expect(told(state, started("main"))).toEqual(["Normal Started"]);
    expect(told(state, blocked("main", "backoff"))).toEqual(["Warning Failed"]);
    expect(told(after(state, blocked("main", "backoff")), blocked("main", "backoff"))).toEqual([]);
    const twice = after(state, ...ran("main", 1), started("main"));
    expect(told(twice, exited("main", 1))).toEqual(["Warning BackOff"]);
    expect(told(after(state, started("main")), ending("deleted"))).toEqual(["Normal Killing"]);
    const noPlace: LifecycleEvent = { type: "unschedulable", message: "port" };
    expect(told(podOf({}), noPlace)).toEqual(["Warning FailedScheduling"]);
    expect(told(after(podOf({}), noPlace), noPlace)).toEqual([]);
  });
});
