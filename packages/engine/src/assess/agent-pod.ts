import type { ContainerState, ContainerStatus, Pod } from "@outrigger/types";
import { parseTime } from "../time.ts";

/** How the agent pod fares, as far as the nodes that wait for it are concerned. */
export type AgentPodState =
  | { readonly kind: "absent" }
  /** It runs, or starts as it should. */
  | { readonly kind: "well" }
  /** It starts, and nothing is wrong yet; look again at `checkAtMs`. */
  | { readonly kind: "starting"; readonly checkAtMs: number }
  /** It cannot start, or keeps failing. */
  | { readonly kind: "troubled"; readonly message: string }
  /** Someone is deleting it. */
  | { readonly kind: "leaving"; readonly message: string }
  /** It has ended and will not come back. */
  | { readonly kind: "dead"; readonly message: string };

// Every pod waits like this for a moment.
const USUAL_WAITS: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);
// What a pod may take to start before people are told that they wait for it.
const USUAL_START_MS = 10_000;

export function assessAgentPod(pod: Pod | undefined, nowMs: number): AgentPodState {
  if (pod === undefined) return { kind: "absent" };
  const name = `agent pod ${pod.metadata.name ?? ""}`;
  const { phase } = pod.status ?? {};
  if (phase === "Failed" || phase === "Succeeded") return { kind: "dead", message: `${name} ${endOf(pod)}` };
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { kind: "leaving", message: `${name} is being deleted; a new one will take over` };
  }
  const trouble = schedulingTrouble(pod) ?? containerTrouble(pod);
  if (trouble !== undefined) return { kind: "troubled", message: `${name} ${trouble}` };
  return phase === "Running" ? { kind: "well" } : startingState(pod, name, nowMs);
}

/** Since when a pod exists. */
export function createdAtMs(pod: Pod): number | undefined {
  return parseTime(pod.metadata.creationTimestamp);
}

function startingState(pod: Pod, name: string, nowMs: number): AgentPodState {
  const checkAtMs = (createdAtMs(pod) ?? nowMs) + USUAL_START_MS;
  if (nowMs < checkAtMs) return { kind: "starting", checkAtMs };
  return {
    kind: "troubled",
    message: `${name} has not started yet (kubectl describe pod ${pod.metadata.name ?? ""} tells more)`,
  };
}

function endOf(pod: Pod): string {
  const { phase, reason, message } = pod.status ?? {};
  if (phase === "Succeeded") return "ended although tasks are open";
  const last = failedContainer(pod);
  const details = [reason, message, reason === undefined && message === undefined ? last : undefined].filter(isText);
  return details.length === 0 ? "failed" : `failed: ${details.join(": ").replace(/\.$/, "")}`;
}

function failedContainer(pod: Pod): string | undefined {
  const failed = allContainers(pod).find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return failed === undefined ? undefined : `container ${failed.name}: ${exitOf(failed.state)}`;
}

function schedulingTrouble(pod: Pod): string | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (condition === undefined) return undefined;
  return `cannot be placed on a node: ${[condition.reason, condition.message].filter(isText).join(": ")}`;
}

function containerTrouble(pod: Pod): string | undefined {
  for (const container of allContainers(pod)) {
    const trouble = troubleOf(container, pod);
    if (trouble !== undefined) return `cannot run container ${container.name}: ${trouble}`;
  }
  return undefined;
}

function troubleOf({ name, state, lastState }: ContainerStatus, pod: Pod): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (terminated !== undefined && terminated.exitCode !== 0) return exitOf(state);
  if (waiting?.reason === undefined || USUAL_WAITS.has(waiting.reason)) return undefined;
  const reason = [waiting.reason, waiting.message].filter(isText).join(": ");
  if (lastState?.terminated === undefined) return reason;
  return `${reason} (${exitOf(lastState)}; kubectl logs ${pod.metadata.name ?? ""} -c ${name} --previous tells more)`;
}

function exitOf(state: ContainerState | undefined): string {
  const { exitCode = 0, reason, message } = state?.terminated ?? {};
  return [`exit code ${exitCode}`, reason === "Error" ? undefined : reason, message?.trim()].filter(isText).join(", ");
}

function allContainers(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
