import { formatGoDuration } from "../duration.ts";
import type { NodeResult } from "../node-result.ts";
import { describe, isJsonObject } from "../parse/json.ts";
import type { JsonValue } from "../parse/json.ts";
import { formatIssues } from "../parse/result.ts";
import { isFulfilled } from "../phases.ts";
import type { ResultPhase } from "../phases.ts";
import { parseFirstJsonValue } from "./first-json-value.ts";
import { MAX_STATE_BYTES, METHOD_CANCEL, executeReplyParser } from "./rpc.ts";
import type { ExecuteReply, ReplyNode } from "./rpc.ts";

/** What came of one HTTP request. */
export type Exchange =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly statusText: string;
      readonly contentType?: string | undefined;
      readonly retryAfter: string | undefined;
      /** Not more than was asked for. */
      readonly body: string;
      readonly tooLarge: boolean;
    }
  /** Nobody listens there. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The connection broke, or brought no answer in time. */
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "notHttp"; readonly reason: string };

/** What a plugin's answer to a call means. */
export type PluginAnswer =
  | { readonly kind: "finished"; readonly result: NodeResult }
  /** To be called again. Without a result there is nothing to report. */
  | {
      readonly kind: "unfinished";
      readonly result: NodeResult | undefined;
      readonly requeueMs: number | undefined;
      readonly state: JsonValue | undefined;
    }
  /** Not its task. */
  | { readonly kind: "declined" }
  /** It will never answer this method. */
  | { readonly kind: "unknownMethod" }
  /** Calling again may help. */
  | {
      readonly kind: "transient";
      readonly reason: string;
      readonly cause: TransientCause;
      readonly retryAfterMs: number;
    }
  /** The step fails; the message needs "plugin X" in front. */
  | { readonly kind: "fatal"; readonly message: string };

/** Whether the plugin has seen the call: `refused`, it has not; `busy`, it wants it again; `broken`, nobody knows. */
type TransientCause = "refused" | "busy" | "broken";

const MAX_SHOWN_CHARACTERS = 1_000;

/** The contract's table: HTTP in, meaning out. */
export function answerOf(exchange: Exchange, method: string): PluginAnswer {
  const fatal = (what: string): PluginAnswer => ({ kind: "fatal", message: `answered ${method} with ${what}` });
  if (method === METHOD_CANCEL && hasNothingToSay(exchange)) return { kind: "finished", result: { phase: "Failed" } };
  if (exchange.kind === "answered")
    return exchange.status === 200 ? replyOf(exchange, fatal) : refusalOf(exchange, fatal);
  if (exchange.kind === "notHttp") return fatal(`something that is no HTTP (${exchange.reason})`);
  return { kind: "transient", reason: exchange.reason, cause: exchange.kind, retryAfterMs: 0 };
}

// It has done as it was told.
function hasNothingToSay(exchange: Exchange): boolean {
  return exchange.kind === "answered" && [200, 204].includes(exchange.status) && exchange.body.trim() === "";
}

type Answered = Extract<Exchange, { kind: "answered" }>;
type Fatal = (what: string) => PluginAnswer;

function refusalOf({ status, statusText, body, retryAfter }: Answered, fatal: Fatal): PluginAnswer {
  if (status === 404) return { kind: "unknownMethod" };
  const shown = [`${status} ${statusText}`.trim(), cut(body)].filter((part) => part !== "").join(": ");
  if (status !== 503) return fatal(shown);
  const seconds = /^\d{1,5}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
  return { kind: "transient", reason: shown, cause: "busy", retryAfterMs: seconds * 1_000 };
}

function replyOf({ body, tooLarge }: Answered, fatal: Fatal): PluginAnswer {
  if (tooLarge) return fatal(`more than the ${Buffer.byteLength(body)} bytes that an answer may have`);
  if (body.trim() === "") return fatal("an empty body");
  let value: unknown;
  try {
    value = parseFirstJsonValue(body);
  } catch {
    return fatal(`something that is no JSON: ${cut(body)}`);
  }
  if (declines(value)) return { kind: "declined" };
  const reply = executeReplyParser(value, "");
  if (!reply.ok) return fatal(`a reply that cannot be used: ${cut(formatIssues(reply.issues))}`);
  return meaningOf(reply.value, fatal);
}

function declines(value: unknown): boolean {
  return value === null || (isJsonObject(value) && (value["node"] ?? null) === null);
}

function meaningOf(reply: ExecuteReply, fatal: Fatal): PluginAnswer {
  const { node = {}, requeue } = reply;
  const { phase = "" } = node;
  if (phase === "" && requeue === undefined) return fatal(`neither phase nor requeue: ${describe(node)}`);
  const result = phase === "" ? undefined : resultOf(phase, node);
  return result !== undefined && isFulfilled(result.phase)
    ? { kind: "finished", result }
    : unfinished(result, reply, fatal);
}

function unfinished(result: NodeResult | undefined, { requeue, state }: ExecuteReply, fatal: Fatal): PluginAnswer {
  if (requeue !== undefined && requeue < 0) {
    return fatal(`a requeue that lies in the past: ${formatGoDuration(requeue)}`);
  }
  const stateBytes = state === undefined ? 0 : Buffer.byteLength(JSON.stringify(state));
  if (stateBytes > MAX_STATE_BYTES) return fatal(`a state of ${stateBytes} bytes; it may have ${MAX_STATE_BYTES}`);
  return { kind: "unfinished", result, requeueMs: requeue, state };
}

function resultOf(phase: ResultPhase, { message, outputs, progress }: ReplyNode): NodeResult {
  return {
    phase,
    ...(message === undefined ? {} : { message }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(progress === undefined ? {} : { progress }),
  };
}

function cut(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > MAX_SHOWN_CHARACTERS ? `${trimmed.slice(0, MAX_SHOWN_CHARACTERS)}…` : trimmed;
}
