// What happened to a pod's containers, and what a kubelet would do next. Pure: events and the time come in, a new state and the
// next steps go out. How the state reads in the API is pod-status.ts.
import type { PodSpec, RestartPolicy } from "./spec/pod-spec.ts";

/** A container that ran. Times are milliseconds since the epoch. */
export interface Ended {
  readonly containerId: string;
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

type ContainerState =
  /** Not running. To be started at `dueAtMs`; without it, when something changes. */
  | { readonly kind: "waiting"; readonly reason: string; readonly message?: string; readonly dueAtMs?: number }
  /** Someone is at it; shown as waiting. */
  | { readonly kind: "starting"; readonly reason: string; readonly message?: string }
  | { readonly kind: "running"; readonly containerId: string; readonly startedAtMs: number }
  | { readonly kind: "terminated"; readonly ended: Ended; readonly dueAtMs?: number };

export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly lastEnded?: Ended;
  readonly restartCount: number;
  /** Starts in a row that failed, or ends in a row that call for a restart: what the back-off grows with. */
  readonly setbacks: number;
}

/** Why nothing of the pod is started any more. */
export interface Ending {
  readonly kind: "deleted" | "deadline" | "handed over" | "refused";
  readonly message: string;
}

export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

export interface PodState {
  /** `name_namespace(uid)`, as kubelets write it in messages. */
  readonly title: string;
  readonly restartPolicy: RestartPolicy;
  readonly activeDeadlineMs?: number;
  readonly backoff: Backoff;
  readonly init: readonly ContainerRecord[];
  readonly main: readonly ContainerRecord[];
  readonly placement:
    | { readonly kind: "undecided" }
    | { readonly kind: "unschedulable"; readonly message: string }
    | { readonly kind: "bound"; readonly atMs: number };
  readonly ending?: Ending;
}

export type LifecycleEvent =
  | { readonly type: "unschedulable"; readonly message: string }
  | { readonly type: "bound"; readonly atMs: number }
  | { readonly type: "ending"; readonly ending: Ending }
  | ContainerEvent;

export type ContainerEvent = { readonly container: string } & (
  | { readonly type: "starting" }
  | { readonly type: "started"; readonly containerId: string; readonly atMs: number }
  /** It cannot start: tried again after `retryInMs`, after the back-off, or not until `unblocked`. */
  | {
      readonly type: "blocked";
      readonly reason: string;
      readonly message: string;
      readonly atMs: number;
      readonly retryInMs: number | "backoff" | "when something changes";
    }
  | { readonly type: "unblocked" }
  | {
      readonly type: "exited";
      readonly exitCode: number;
      readonly atMs: number;
      readonly reason?: string;
      readonly message?: string;
    }
);

/** A container that ran this many times longer than the longest back-off starts afresh. */
const FORGIVEN_AFTER = 2;

export function newPodState(
  title: string,
  spec: Pick<PodSpec, "restartPolicy" | "activeDeadlineSeconds" | "initContainers" | "containers">,
  backoff: Backoff,
): PodState {
  const reason = spec.initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
  const record = ({ name, image }: { readonly name: string; readonly image: string }): ContainerRecord => ({
    name,
    image,
    state: { kind: "waiting", reason, dueAtMs: 0 },
    restartCount: 0,
    setbacks: 0,
  });
  return {
    title,
    restartPolicy: spec.restartPolicy,
    ...(spec.activeDeadlineSeconds === undefined ? {} : { activeDeadlineMs: spec.activeDeadlineSeconds * 1_000 }),
    backoff,
    init: spec.initContainers.map(record),
    main: spec.containers.map(record),
    placement: { kind: "undecided" },
  };
}

export function applyEvent(state: PodState, event: LifecycleEvent): PodState {
  switch (event.type) {
    case "unschedulable":
      return { ...state, placement: { kind: "unschedulable", message: event.message } };
    case "bound":
      return { ...state, placement: { kind: "bound", atMs: event.atMs } };
    case "ending":
      return { ...state, ending: event.ending };
    default: {
      const change = (record: ContainerRecord): ContainerRecord =>
        record.name === event.container ? { ...record, ...changed(state, record, event) } : record;
      return { ...state, init: state.init.map(change), main: state.main.map(change) };
    }
  }
}

function changed(state: PodState, record: ContainerRecord, event: ContainerEvent): Partial<ContainerRecord> {
  switch (event.type) {
    case "starting":
      return { state: { ...waitingFor(state, record), kind: "starting" } };
    case "started":
      return started(record, event);
    case "blocked":
      return blocked(state, record, event);
    case "unblocked":
      return record.state.kind === "waiting" ? { state: { ...record.state, dueAtMs: 0 } } : {};
    default:
      return exited(state, record, event);
  }
}

// A second attempt goes on showing why the first one failed.
function waitingFor(state: PodState, record: ContainerRecord): { readonly reason: string; readonly message?: string } {
  if (record.state.kind === "waiting" || record.state.kind === "starting") {
    const { reason, message } = record.state;
    return message === undefined ? { reason } : { reason, message };
  }
  return { reason: state.init.length > 0 ? "PodInitializing" : "ContainerCreating" };
}

function started(
  record: ContainerRecord,
  event: { readonly containerId: string; readonly atMs: number },
): Partial<ContainerRecord> {
  const again = record.lastEnded !== undefined;
  return {
    state: { kind: "running", containerId: event.containerId, startedAtMs: event.atMs },
    restartCount: again ? record.restartCount + 1 : record.restartCount,
    // After an end, only a long run forgives (see `exited`); failed attempts at starting are over now.
    setbacks: again ? record.setbacks : 0,
  };
}

function blocked(
  state: PodState,
  record: ContainerRecord,
  event: Extract<ContainerEvent, { type: "blocked" }>,
): Partial<ContainerRecord> {
  const setbacks = record.setbacks + 1;
  const waiting = { kind: "waiting", reason: event.reason, message: event.message } as const;
  if (event.retryInMs === "when something changes") return { state: waiting, setbacks };
  const delayMs = event.retryInMs === "backoff" ? growingDelayMs(state.backoff, setbacks) : event.retryInMs;
  return { state: { ...waiting, dueAtMs: event.atMs + delayMs }, setbacks };
}

function exited(
  state: PodState,
  record: ContainerRecord,
  event: Extract<ContainerEvent, { type: "exited" }>,
): Partial<ContainerRecord> {
  if (record.state.kind !== "running") return {};
  const { containerId, startedAtMs } = record.state;
  const ended: Ended = {
    containerId,
    exitCode: event.exitCode,
    reason: event.reason ?? (event.exitCode === 0 ? "Completed" : "Error"),
    ...(event.message === undefined ? {} : { message: event.message }),
    startedAtMs,
    finishedAtMs: event.atMs,
  };
  if (!restarts(state, record.name, event.exitCode)) return { state: { kind: "terminated", ended }, lastEnded: ended };
  const forgiven = event.atMs - startedAtMs > FORGIVEN_AFTER * state.backoff.maxMs;
  const setbacks = forgiven ? 1 : record.setbacks + 1;
  // The first restart comes at once.
  const delayMs = setbacks === 1 ? 0 : growingDelayMs(state.backoff, setbacks - 1);
  const next: ContainerState =
    delayMs === 0
      ? { kind: "terminated", ended, dueAtMs: event.atMs }
      : { ...crashLoop(state, record.name, delayMs), dueAtMs: event.atMs + delayMs };
  return { state: next, lastEnded: ended, setbacks };
}

function growingDelayMs({ initialMs, maxMs }: Backoff, setbacks: number): number {
  return Math.min(initialMs * 2 ** (setbacks - 1), maxMs);
}

function crashLoop(state: PodState, container: string, delayMs: number): Extract<ContainerState, { kind: "waiting" }> {
  const message = `back-off ${delayMs / 1_000}s restarting failed container=${container} pod=${state.title}`;
  return { kind: "waiting", reason: "CrashLoopBackOff", message };
}

function restarts(state: PodState, container: string, exitCode: number): boolean {
  if (state.ending !== undefined || state.restartPolicy === "Never") return false;
  const isInit = state.init.some((record) => record.name === container);
  return exitCode !== 0 || (state.restartPolicy === "Always" && !isInit);
}

export interface NextSteps {
  /** Containers to start now. */
  readonly start: readonly string[];
  /** When to look again. */
  readonly wakeAtMs?: number;
  /** The pod's time is up: it is to be ended. */
  readonly deadlineExceeded: boolean;
  /** Nothing runs and nothing will. */
  readonly finished: boolean;
}

export function nextSteps(state: PodState, nowMs: number): NextSteps {
  const active = [...state.init, ...state.main].some(isActive);
  if (state.ending !== undefined) return { start: [], deadlineExceeded: false, finished: !active };
  if (state.placement.kind !== "bound") return { start: [], deadlineExceeded: false, finished: false };
  const deadlineAtMs = state.placement.atMs + (state.activeDeadlineMs ?? Number.POSITIVE_INFINITY);
  const turn = whoseTurn(state);
  const due = turn.filter((record) => dueAtMs(record) <= nowMs).map((record) => record.name);
  const later = [...turn.map(dueAtMs), deadlineAtMs].filter((atMs) => atMs > nowMs && Number.isFinite(atMs));
  const finished = !active && turn.every(isOver);
  return {
    start: nowMs < deadlineAtMs ? due : [],
    ...(finished || later.length === 0 ? {} : { wakeAtMs: Math.min(...later) }),
    deadlineExceeded: !finished && nowMs >= deadlineAtMs,
    finished,
  };
}

/** The containers that may run now: the first init container that has not succeeded, or else all the others. */
function whoseTurn(state: PodState): readonly ContainerRecord[] {
  const init = state.init.find((record) => !hasSucceeded(record));
  return init === undefined ? state.main : [init];
}

function dueAtMs({ state }: ContainerRecord): number {
  return (
    (state.kind === "waiting" || state.kind === "terminated" ? state.dueAtMs : undefined) ?? Number.POSITIVE_INFINITY
  );
}

export function hasSucceeded({ state }: ContainerRecord): boolean {
  return state.kind === "terminated" && state.ended.exitCode === 0 && state.dueAtMs === undefined;
}

function isOver({ state }: ContainerRecord): boolean {
  return state.kind === "terminated" && state.dueAtMs === undefined;
}

export function isActive({ state }: ContainerRecord): boolean {
  return state.kind === "running" || state.kind === "starting";
}
