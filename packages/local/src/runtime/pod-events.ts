import type { PodEvent } from "./pod-api.ts";
import type { ContainerRecord, LifecycleEvent, PodState } from "./pod-lifecycle.ts";

/** What `kubectl describe` tells about a step of a pod's life. Pure. */
export function eventsOf(event: LifecycleEvent, before: PodState, after: PodState): readonly PodEvent[] {
  switch (event.type) {
    case "bound":
      return [normal("Scheduled", `Successfully assigned ${after.title} to this machine`)];
    case "unschedulable":
      return isNews(before.placement, after.placement) ? [warning("FailedScheduling", event.message)] : [];
    case "started":
      return [normal("Started", `Started container ${event.container}`)];
    case "blocked":
      return blockedEvents(event, before, after);
    case "exited":
      return backOffEvents(recordOf(after, event.container));
    case "ending":
      return [...before.init, ...before.main]
        .filter((record) => record.state.kind === "running")
        .map(({ name }) => normal("Killing", `Stopping container ${name}`));
    default:
      return [];
  }
}

function blockedEvents(
  event: Extract<LifecycleEvent, { type: "blocked" }>,
  before: PodState,
  after: PodState,
): readonly PodEvent[] {
  const reason = event.reason === "ContainerCreating" ? "FailedMount" : "Failed";
  const [old, now] = [before, after].map((state) => messageOf(recordOf(state, event.container)));
  return isNews(old, now) ? [warning(reason, event.message)] : [];
}

function backOffEvents(record: ContainerRecord | undefined): readonly PodEvent[] {
  return record?.state.kind === "waiting" ? [warning("BackOff", record.state.message ?? record.state.reason)] : [];
}

function recordOf(state: PodState, container: string): ContainerRecord | undefined {
  return [...state.init, ...state.main].find((record) => record.name === container);
}

function messageOf(record: ContainerRecord | undefined): string | undefined {
  const { state } = record ?? {};
  return state?.kind === "waiting" || state?.kind === "starting" ? state.message : undefined;
}

function isNews(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function normal(reason: string, message: string): PodEvent {
  return { type: "Normal", reason, message };
}

function warning(reason: string, message: string): PodEvent {
  return { type: "Warning", reason, message };
}
