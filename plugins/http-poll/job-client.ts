export interface JobRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came of a request. */
export type JobAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  /** Later it may go well. `isSafe`: the server has certainly not done what was asked. */
  | { readonly kind: "unavailable"; readonly message: string; readonly isSafe: boolean; readonly retryAfter?: string };

const UNREACHED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
const MAX_SHOWN_CHARACTERS = 200;

/** Makes one request. Of what it sends, nothing is in what it says of a failure. */
export async function ask({ method, url, headers, body, timeoutMs, signal }: JobRequest): Promise<JobAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  try {
    const response = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...type, ...headers },
      ...content,
      redirect: "error",
      signal: AbortSignal.any([signal, timeout]),
    });
    return answerOf(response, await response.text());
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted)
      return { kind: "unavailable", message: `no answer within ${timeoutMs / 1_000} s`, isSafe: false };
    const code = codeOf(error);
    return { kind: "unavailable", message: code, isSafe: UNREACHED.has(code) };
  }
}

function answerOf({ status, headers }: Response, text: string): JobAnswer {
  if (status !== 429 && status < 500) return { kind: "answered", status, body: jsonIn(text) };
  const message = inWords(status, text);
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const isSafe = status === 429 || status === 503;
  return { kind: "unavailable", message, isSafe, ...(seconds > 0 ? { retryAfter: `${seconds}s` } : {}) };
}

/** What an answer says, in words. */
export function inWords(status: number, body: unknown): string {
  const text = (typeof body === "string" ? body : JSON.stringify(body ?? "")).trim().slice(0, MAX_SHOWN_CHARACTERS);
  return text === "" ? `status ${status}` : `status ${status}: ${text}`;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error && cause.message.includes("redirect")
    ? "redirected elsewhere"
    : "the connection broke off";
}
