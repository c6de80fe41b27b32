// How a pod's state reads in the API, the way a kubelet writes it. Pure.
import type { ContainerStatus, PodCondition } from "@outrigger/types";
import type { RuntimePodStatus } from "./pod-api.ts";
import { hasSucceeded, isActive } from "./pod-lifecycle.ts";
import type { ContainerRecord, Ended, PodState } from "./pod-lifecycle.ts";

export const POD_IP = "127.0.0.1";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

export interface StatusContext {
  readonly qosClass: string;
  readonly nowMs: number;
  /** What was written last: conditions that have not changed keep the time of their change. */
  readonly previous?: RuntimePodStatus;
}

export function podPhase(state: PodState): PodPhase {
  const current = state.init.find((record) => !hasSucceeded(record));
  return phaseOfEnding(state) ?? (current === undefined ? phaseOfMain(state) : phaseOfInit(current, state));
}

/** What an ending decides, whatever the containers do. */
function phaseOfEnding(state: PodState): PodPhase | undefined {
  switch (state.ending?.kind) {
    case "deadline":
    case "refused":
      return "Failed";
    // Who hands over has done its work: what is stopped besides does not count, as with sidecars.
    case "handed over":
      return isStopped(state) ? "Succeeded" : "Running";
    default:
      return undefined;
  }
}

function phaseOfInit({ state: { kind } }: ContainerRecord, state: PodState): PodPhase {
  return kind === "terminated" && (state.restartPolicy === "Never" || isStopped(state)) ? "Failed" : "Pending";
}

function phaseOfMain(state: PodState): PodPhase {
  if (state.main.some((record) => isWaiting(record) && record.lastEnded === undefined)) return "Pending";
  if (state.main.some((record) => record.state.kind === "running")) return "Running";
  const succeeded = state.main.every((record) => record.lastEnded?.exitCode === 0);
  if (isStopped(state) || state.restartPolicy === "Never") return succeeded ? "Succeeded" : "Failed";
  return succeeded && state.restartPolicy === "OnFailure" ? "Succeeded" : "Running";
}

/** The pod is ended from outside and nothing of it runs. */
function isStopped(state: PodState): boolean {
  return state.ending !== undefined && ![...state.init, ...state.main].some(isActive);
}

function isWaiting({ state }: ContainerRecord): boolean {
  return state.kind === "waiting" || state.kind === "starting";
}

export function podStatus(state: PodState, context: StatusContext): RuntimePodStatus {
  const phase = podPhase(state);
  const conditions = podConditions(state, phase).map((condition) => withTransitionTime(condition, context));
  const common = { phase, ...endingText(state), conditions, qosClass: context.qosClass };
  if (state.placement.kind !== "bound") return common;
  return {
    ...common,
    startTime: rfc3339(state.placement.atMs),
    hostIP: POD_IP,
    hostIPs: [{ ip: POD_IP }],
    podIP: POD_IP,
    podIPs: [{ ip: POD_IP }],
    ...(state.init.length === 0 ? {} : { initContainerStatuses: state.init.map(initContainerStatus) }),
    containerStatuses: state.main.map(mainContainerStatus),
  };
}

function endingText({ ending }: PodState): { readonly reason?: string; readonly message?: string } {
  if (ending?.kind === "deadline") return { reason: "DeadlineExceeded", message: ending.message };
  if (ending?.kind === "refused") return { reason: "InvalidPodSpec", message: ending.message };
  return ending?.kind === "handed over" ? { message: ending.message } : {};
}

/** Kubernetes' times have whole seconds. */
function rfc3339(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

type BareCondition = Omit<PodCondition, "lastTransitionTime">;

function podConditions(state: PodState, phase: PodPhase): readonly BareCondition[] {
  const scheduled = scheduledCondition(state);
  if (scheduled.status !== "True") return state.placement.kind === "undecided" ? [] : [scheduled];
  return [initializedCondition(state, phase), ...readyConditions(state, phase), scheduled];
}

function scheduledCondition({ placement }: PodState): BareCondition {
  if (placement.kind === "bound") return { type: "PodScheduled", status: "True" };
  const message = placement.kind === "unschedulable" ? { reason: "Unschedulable", message: placement.message } : {};
  return { type: "PodScheduled", status: "False", ...message };
}

function initializedCondition(state: PodState, phase: PodPhase): BareCondition {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  const incomplete = state.init.filter((record) => !hasSucceeded(record));
  if (incomplete.length === 0) return { type, status: "True" };
  const message = `containers with incomplete status: [${names(incomplete)}]`;
  return { type, status: "False", reason: "ContainersNotInitialized", message };
}

function readyConditions(state: PodState, phase: PodPhase): readonly BareCondition[] {
  const types = ["Ready", "ContainersReady"];
  if (phase === "Succeeded") return types.map((type) => ({ type, status: "False", reason: "PodCompleted" }));
  if (phase === "Failed") return types.map((type) => ({ type, status: "False", reason: "PodFailed" }));
  const unready = state.main.filter((record) => record.state.kind !== "running");
  if (unready.length === 0) return types.map((type) => ({ type, status: "True" }));
  const message = `containers with unready status: [${names(unready)}]`;
  return types.map((type) => ({ type, status: "False", reason: "ContainersNotReady", message }));
}

function names(records: readonly ContainerRecord[]): string {
  return records.map((record) => record.name).join(" ");
}

function withTransitionTime(condition: BareCondition, context: StatusContext): PodCondition {
  const before = context.previous?.conditions.find((other) => other.type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return { ...condition, lastTransitionTime: since ?? rfc3339(context.nowMs) };
}

function mainContainerStatus(record: ContainerRecord): ContainerStatus {
  return containerStatus(record, record.state.kind === "running");
}

/** An init container is ready once it has done its work. */
function initContainerStatus(record: ContainerRecord): ContainerStatus {
  return containerStatus(record, hasSucceeded(record));
}

function containerStatus(record: ContainerRecord, ready: boolean): ContainerStatus {
  const { name, image, restartCount, state, lastEnded } = record;
  const id = containerId(record);
  // The last end is "last" only when the container is past it.
  const last = lastEnded === undefined || state.kind === "terminated" ? {} : { terminated: terminated(lastEnded) };
  return {
    name,
    image,
    imageID: "",
    ready,
    started: state.kind === "running",
    restartCount,
    ...(id === undefined ? {} : { containerID: id }),
    state: shownState(state),
    lastState: last,
  };
}

function containerId({ state, lastEnded }: ContainerRecord): string | undefined {
  return state.kind === "running" ? state.containerId : lastEnded?.containerId;
}

function shownState(state: ContainerRecord["state"]): NonNullable<ContainerStatus["state"]> {
  switch (state.kind) {
    case "running":
      return { running: { startedAt: rfc3339(state.startedAtMs) } };
    case "terminated":
      return { terminated: terminated(state.ended) };
    default: {
      const { reason, message } = state;
      return { waiting: message === undefined ? { reason } : { reason, message } };
    }
  }
}

function terminated(ended: Ended): NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]> {
  const { exitCode, reason, message } = ended;
  return {
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    startedAt: rfc3339(ended.startedAtMs),
    finishedAt: rfc3339(ended.finishedAtMs),
  };
}
