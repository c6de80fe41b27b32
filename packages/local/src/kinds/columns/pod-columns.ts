import type { JsonValue, KubeObject } from "@outrigger/types";
import { at, listAt, numberAt, textAt } from "../../json/at.ts";
import type { Column } from "../kind.ts";
import { AGE, NAME, column, wideColumn } from "./column.ts";
import { ageOf } from "./human-duration.ts";

/** One word for the state of a container that is not running; empty for one that is. */
function stateReason(status: JsonValue): string {
  const waiting = textAt(status, "state", "waiting", "reason");
  if (waiting !== "") return waiting;
  const ended = at(status, "state", "terminated");
  if (ended === undefined) return "";
  const signal = numberAt(ended, "signal") ?? 0;
  const bare = signal === 0 ? `ExitCode:${numberAt(ended, "exitCode") ?? 0}` : `Signal:${signal}`;
  return textAt(ended, "reason") || bare;
}

/** How far the init containers are; undefined once all have succeeded. */
function initReason(pod: KubeObject): string | undefined {
  const statuses = listAt(pod, "status", "initContainerStatuses");
  const index = statuses.findIndex((status) => numberAt(status, "state", "terminated", "exitCode") !== 0);
  if (index < 0) return undefined;
  const reason = stateReason(statuses[index] ?? null);
  const started = reason !== "" && reason !== "PodInitializing";
  return started ? `Init:${reason}` : `Init:${index}/${listAt(pod, "spec", "initContainers").length}`;
}

function isReady(status: JsonValue): boolean {
  return at(status, "ready") === true && at(status, "state", "running") !== undefined;
}

function hasCondition(pod: KubeObject, type: string): boolean {
  return listAt(pod, "status", "conditions").some(
    (condition) => textAt(condition, "type") === type && textAt(condition, "status") === "True",
  );
}

function mainReason(pod: KubeObject): string {
  const statuses = listAt(pod, "status", "containerStatuses");
  const reason = statuses.map(stateReason).find((each) => each !== "");
  if (reason === "Completed" && statuses.some(isReady)) return hasCondition(pod, "Ready") ? "Running" : "NotReady";
  return reason ?? (textAt(pod, "status", "reason") || textAt(pod, "status", "phase"));
}

function status(pod: KubeObject): string {
  const ended = ["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"));
  if (pod.metadata.deletionTimestamp !== undefined && !ended) return "Terminating";
  const init = hasCondition(pod, "Initialized") ? undefined : initReason(pod);
  return init ?? mainReason(pod);
}

function restarts(pod: KubeObject, nowMs: number): string {
  const initializing = initReason(pod) !== undefined && !hasCondition(pod, "Initialized");
  const statuses = listAt(pod, "status", initializing ? "initContainerStatuses" : "containerStatuses");
  const count = statuses.reduce((sum: number, each) => sum + (numberAt(each, "restartCount") ?? 0), 0);
  const last =
    statuses
      .map((each) => textAt(each, "lastState", "terminated", "finishedAt"))
      .sort()
      .at(-1) ?? "";
  return count === 0 || last === "" ? String(count) : `${count} (${ageOf(last, nowMs)} ago)`;
}

function ready(pod: KubeObject): string {
  const statuses = listAt(pod, "status", "containerStatuses");
  return `${statuses.filter(isReady).length}/${listAt(pod, "spec", "containers").length}`;
}

function readinessGates(pod: KubeObject): string {
  const gates = listAt(pod, "spec", "readinessGates");
  const met = gates.filter((gate) => hasCondition(pod, textAt(gate, "conditionType")));
  return gates.length === 0 ? "<none>" : `${met.length}/${gates.length}`;
}

function orNone(...path: readonly string[]): (pod: KubeObject) => string {
  return (pod) => textAt(pod, ...path) || "<none>";
}

export const POD_COLUMNS: readonly Column[] = [
  NAME,
  column("Ready", ready),
  column("Status", status),
  column("Restarts", restarts),
  AGE,
  wideColumn("IP", orNone("status", "podIP")),
  wideColumn("Node", orNone("spec", "nodeName")),
  wideColumn("Nominated Node", orNone("status", "nominatedNodeName")),
  wideColumn("Readiness Gates", readinessGates),
];
