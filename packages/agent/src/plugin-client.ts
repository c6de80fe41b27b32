import { lookup as resolveName } from "node:dns";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import type { Clock } from "@outrigger/kube";
import type { Exchange } from "@outrigger/types";
import { readBounded } from "./read-bounded.ts";

export interface PluginCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** From the first byte sent to the last byte received. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly clock: Clock;
  /** Aborted when nobody wants the answer any more: the call then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Connections that may be used again. Default: the call has one of its own. */
  readonly connections?: HttpAgent | undefined;
}

// Of an answer that is an error, enough to show.
const MAX_ERROR_BYTES = 16 * 1024;

// A call that comes as soon as the one before it has been answered, as in a chain of steps, finds the connection open.
const KEPT_MS = 1_000;

/** Connections to one plugin. One that is not used for a second is closed. */
export function pluginConnections(signal: AbortSignal): HttpAgent {
  const connections = new HttpAgent({ keepAlive: true, scheduling: "lifo", timeout: KEPT_MS });
  signal.addEventListener("abort", () => connections.destroy(), { once: true });
  return connections;
}

/**
 * One request, which makes no assumption on how the server ends its answers: published plugins speak HTTP/1.0, close connections, drop
 * them, and take neither chunks nor a content type with parameters. A connection is kept only where the answer says for how long: one
 * that serves a single connection at a time would keep all others waiting.
 */
export async function callPlugin(call: PluginCall): Promise<Exchange> {
  call.signal.throwIfAborted();
  const late = new AbortController();
  const timer = call.clock.schedule(call.timeoutMs, () => late.abort());
  try {
    const answer = await send(call, AbortSignal.any([call.signal, late.signal]));
    return await read(answer, call);
  } catch (error) {
    call.signal.throwIfAborted();
    if (late.signal.aborted) return { kind: "broken", reason: `no answer within ${call.timeoutMs / 1_000} s` };
    return failureOf(error);
  } finally {
    timer.cancel();
  }
}

function send(call: PluginCall, signal: AbortSignal): Promise<IncomingMessage> {
  const { hostname, port, pathname, search } = new URL(call.url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing: ClientRequest = httpRequest({
    host: hostname.replace(/^\[|\]$/g, ""),
    port,
    path: `${pathname}${search}`,
    method: call.method,
    lookup: ipv4First,
    agent: call.connections ?? false,
    signal,
    headers: {
      ...call.headers,
      Accept: "application/json",
      ...(call.connections === undefined ? { Connection: "close" } : {}),
      ...(call.body === undefined
        ? {}
        : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(call.body) }),
    },
  });
  outgoing.once("response", (answer) => {
    if (!isKeptFor(answer, 2 * KEPT_MS)) outgoing.shouldKeepAlive = false;
    resolve(answer);
  });
  outgoing.on("error", reject); // after the response, an error is the reader's to see
  outgoing.end(call.body);
  return promise;
}

// Far longer than we keep it: it must not be closed just as it is used again.
function isKeptFor({ headers }: IncomingMessage, atLeastMs: number): boolean {
  const [, seconds = "0"] = /\btimeout=(\d+)/.exec(headers["keep-alive"]?.toString() ?? "") ?? [];
  return Number(seconds) * 1_000 >= atLeastMs;
}

async function read(answer: IncomingMessage, call: PluginCall): Promise<Exchange> {
  const { statusCode: status = 0, statusMessage: statusText = "", headers } = answer;
  const maxBytes = status === 200 ? call.maxAnswerBytes : MAX_ERROR_BYTES;
  const { text: body, tooLarge } = await readBounded(answer, maxBytes);
  return {
    kind: "answered",
    status,
    statusText,
    contentType: headers["content-type"],
    retryAfter: headers["retry-after"],
    body,
    tooLarge,
  };
}

function failureOf(error: unknown): Exchange {
  const code = codeOf(error);
  if (code === "ECONNREFUSED") return { kind: "refused", reason: "connection refused" };
  if (code?.startsWith("HPE_") === true) return { kind: "notHttp", reason: code };
  const text = code === "ECONNRESET" ? "connection dropped without an answer" : (code ?? messageOf(error));
  return { kind: "broken", reason: text };
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const LOOPBACK = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** Plugins listen on 127.0.0.1 or on all addresses, rarely on ::1 alone. */
export const ipv4First: LookupFunction = (hostname, options, callback) => {
  if (hostname === "localhost" && options.all === true) callback(null, LOOPBACK);
  else resolveName(hostname, { ...options, order: "ipv4first" }, callback);
};
