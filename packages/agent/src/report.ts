import { isJsonObject, nodeResultParser } from "@outrigger/types";
import type { JsonValue, NodeResult } from "@outrigger/types";

/** What makes a poll survive the agent. A field of ours beside those that Argo knows. */
export interface PollMark {
  /** When the plugin is to be called again; RFC 3339. */
  readonly at: string;
  /** The one that knows of the task. */
  readonly plugin: string;
  /** What the plugin wants back, as JSON text: merging would mix an object with the one before. */
  readonly state?: string;
}

/** What the agent writes of a task into `status.nodes`. */
export interface NodeReport extends NodeResult {
  readonly poll?: PollMark;
}

/** Reads what an agent, maybe of another making, has reported before; undefined if it is nothing to build on. */
export function readReport(value: JsonValue | undefined): NodeReport | undefined {
  const parsed = nodeResultParser(value, "");
  if (!parsed.ok) return undefined;
  const { poll: _unread, ...result }: NodeReport = parsed.value;
  const poll = readPoll(isJsonObject(value) ? value["poll"] : undefined);
  return poll === undefined ? result : { ...result, poll };
}

function readPoll(value: JsonValue | undefined): PollMark | undefined {
  if (!isJsonObject(value)) return undefined;
  const { at, plugin, state } = value;
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || typeof plugin !== "string") return undefined;
  return { at, plugin, ...(typeof state === "string" && isJson(state) ? { state } : {}) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function failure(message: string): NodeResult {
  return { phase: "Failed", message };
}
