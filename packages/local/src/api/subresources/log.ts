import type { KubeObject } from "@outrigger/types";
import { ApiError } from "../../errors/api-error.ts";
import { badRequest } from "../../errors/refusals.ts";
import { listAt, textAt } from "../../json/at.ts";
import { getObject } from "../../objects/cluster-state.ts";
import type { Answer, Sink } from "../answer.ts";
import { target } from "../call.ts";
import type { Call } from "../call.ts";
import { flag, numberOf } from "../request.ts";
import { LogError } from "../../runtime/logs/log-store.ts";
import type { LogOptions } from "../services.ts";

/** The log of one container, as text that may go on growing. */
export function handleLog(call: Call): Answer {
  const pod = getObject(call.state, call.kind, target(call)).object;
  const container = containerName(pod, call.request.query.get("container") ?? "");
  const readLog = call.services.readLog();
  if (readLog === undefined) throw notRunning(pod, container);
  const options = logOptions(call.request.query);
  const left = new AbortController();
  const log = asked(() => readLog(call.namespace ?? "", call.name, container, { ...options, signal: left.signal }));
  return { status: 200, contentType: "text/plain", stream: (sink) => copyLog(sink, log, left) };
}

/** Whoever runs the pods knows best why there is no log. */
function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw error.reason === "NotFound"
      ? new ApiError({ code: 404, reason: "NotFound", message: error.message })
      : badRequest(error.message);
  }
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

function notRunning(pod: KubeObject, container: string): Error {
  const where = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`;
  return badRequest(`${where} is waiting to start: nothing runs pods in this cluster`);
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

async function copyLog(sink: Sink, log: AsyncIterable<string | Buffer>, left: AbortController): Promise<void> {
  const leave = (): void => left.abort();
  sink.signal.addEventListener("abort", leave, { once: true });
  for await (const chunk of log) {
    if (!sink.write(chunk)) await sink.drained();
    if (sink.signal.aborted) return;
  }
}
