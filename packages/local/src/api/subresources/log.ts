import type { KubeObject } from "@outrigger/types";
import { badRequest } from "../../errors/refusals.ts";
import { listAt, textAt } from "../../json/at.ts";
import { getObject } from "../../objects/cluster-state.ts";
import type { Answer, Sink } from "../answer.ts";
import { target } from "../call.ts";
import type { Call } from "../call.ts";
import { flag, numberOf } from "../request.ts";
import type { LogOptions, ReadLog } from "../services.ts";

/** The log of one container, as text that may go on growing. */
export function handleLog(call: Call): Answer {
  const pod = getObject(call.state, call.kind, target(call)).object;
  const container = containerName(pod, call.request.query.get("container") ?? "");
  const readLog = call.services.readLog();
  if (readLog === undefined) throw notStarted(pod, container);
  requireStarted(pod, container, flag(call.request.query, "previous"));
  const options = logOptions(call.request.query);
  return {
    status: 200,
    contentType: "text/plain",
    stream: (sink) => copyLog(sink, readLog, { namespace: call.namespace ?? "", pod: call.name, container }, options),
  };
}

const CONTAINER_LISTS = ["containers", "initContainers", "ephemeralContainers"] as const;

function names(pod: KubeObject, list: string): string[] {
  return listAt(pod, "spec", list).map((container) => textAt(container, "name"));
}

function containerName(pod: KubeObject, asked: string): string {
  const podName = pod.metadata.name ?? "";
  const all = CONTAINER_LISTS.flatMap((list) => names(pod, list));
  if (asked !== "") {
    if (all.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${podName}`);
  }
  const [only, second] = names(pod, "containers");
  if (only !== undefined && second === undefined) return only;
  const initNames = names(pod, "initContainers");
  const init = initNames.length === 0 ? "" : ` or one of the init containers: [${initNames.join(" ")}]`;
  const choices = names(pod, "containers").join(" ");
  throw badRequest(`a container name must be specified for pod ${podName}, choose one of: [${choices}]${init}`);
}

function statusOf(pod: KubeObject, container: string): unknown {
  const lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
  const all = lists.flatMap((list) => listAt(pod, "status", list));
  return all.find((status) => textAt(status, "name") === container);
}

function notStarted(pod: KubeObject, container: string): Error {
  const reason = textAt(statusOf(pod, container), "state", "waiting", "reason") || "ContainerCreating";
  const where = JSON.stringify(container);
  return badRequest(`container ${where} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason}`);
}

/** A container that waits has no log yet; one that has not ended before has no previous one. */
function requireStarted(pod: KubeObject, container: string, previous: boolean): void {
  const status = statusOf(pod, container);
  const hasEnded = textAt(status, "lastState", "terminated", "finishedAt") !== "";
  if (previous && !hasEnded) {
    const podName = JSON.stringify(pod.metadata.name);
    throw badRequest(`previous terminated container ${JSON.stringify(container)} in pod ${podName} not found`);
  }
  const isWaiting =
    textAt(status, "state", "running", "startedAt") === "" &&
    textAt(status, "state", "terminated", "finishedAt") === "";
  if (!previous && isWaiting && !hasEnded) throw notStarted(pod, container);
}

function logOptions(query: URLSearchParams): LogOptions {
  const number = (name: string): number | undefined => (query.has(name) ? numberOf(query, name) : undefined);
  const numbers = {
    tailLines: number("tailLines"),
    sinceSeconds: number("sinceSeconds"),
    limitBytes: number("limitBytes"),
  };
  const sinceTime = query.get("sinceTime");
  return {
    follow: flag(query, "follow"),
    previous: flag(query, "previous"),
    timestamps: flag(query, "timestamps"),
    ...(sinceTime === null ? {} : { sinceTime }),
    ...(Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)) as Partial<LogOptions>),
  };
}

async function copyLog(
  sink: Sink,
  readLog: ReadLog,
  of: { readonly namespace: string; readonly pod: string; readonly container: string },
  options: LogOptions,
): Promise<void> {
  for await (const chunk of readLog(of.namespace, of.pod, of.container, { ...options, signal: sink.signal })) {
    if (!sink.write(chunk)) await sink.drained();
    if (sink.signal.aborted) return;
  }
}
