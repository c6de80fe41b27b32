export interface WebhookMessage {
  readonly url: string;
  readonly text: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Details {
  /** Slack has certainly not posted the message. */
  readonly notPosted: boolean;
  readonly retryAfterSeconds?: number;
}

/** The message could not be posted, or nobody knows. Its own message never holds the webhook's URL. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  readonly notPosted: boolean;
  readonly retryAfter: { readonly retryAfter?: string };

  constructor(message: string, details: Details) {
    super(message);
    this.notPosted = details.notPosted;
    this.retryAfter = details.retryAfterSeconds === undefined ? {} : { retryAfter: `${details.retryAfterSeconds}s` };
  }
}

const MAX_SHOWN_CHARACTERS = 200;
// The connection was never made.
const UNREACHED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Posts one message to an incoming webhook. */
export async function postToWebhook(message: WebhookMessage): Promise<void> {
  const { url, text, timeoutMs, signal } = message;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      redirect: "manual",
      signal: AbortSignal.any([signal, timeout]),
    });
    const answer = await response.text();
    if (!response.ok) throw refused(response, withoutSecret(answer, url));
  } catch (error) {
    if (error instanceof WebhookError) throw error;
    if (timeout.aborted) {
      throw new WebhookError(`Slack did not answer within ${timeoutMs / 1_000} s; the message may have been posted`, {
        notPosted: false,
      });
    }
    throw unreached(error);
  }
}

function refused({ status, headers }: Response, answer: string): WebhookError {
  const shown = answer.trim().slice(0, MAX_SHOWN_CHARACTERS);
  const message = `Slack answered ${status}${shown === "" ? "" : `: ${shown}`}`;
  if (status !== 429) return new WebhookError(message, { notPosted: false });
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return new WebhookError(message, { notPosted: true, ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}) });
}

// The messages of such errors name the address; their codes do not.
function unreached(error: unknown): WebhookError {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "the connection broke off";
  const notPosted = UNREACHED.has(code);
  const doubt = notPosted ? "" : "; the message may have been posted";
  return new WebhookError(`Slack cannot be reached: ${code}${doubt}`, { notPosted });
}

function withoutSecret(text: string, url: string): string {
  const { pathname } = new URL(url);
  const hidden = text.replaceAll(url, "<webhook>");
  return pathname === "/" ? hidden : hidden.replaceAll(pathname, "<webhook>");
}
