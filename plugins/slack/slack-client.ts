import { readApiAnswer, readWebhookAnswer, unsure } from "./slack-answer.ts";
import type { SlackAnswer } from "./slack-answer.ts";
import type { SlackMessage } from "./slack-input.ts";

/** Where messages go. Whoever knows the URL of a webhook, or the token, can post: both are secrets. */
export type Destination =
  | { readonly kind: "webhook"; readonly url: string }
  | { readonly kind: "api"; readonly apiUrl: string; readonly token: string };

// The connection was never made.
const UNREACHED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Sends one message, once. What it says of a failure holds no secret. */
export async function post(message: SlackMessage, to: Destination, timeoutMs: number): Promise<SlackAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const [url, authorization] =
    to.kind === "webhook" ? [to.url, {}] : [`${to.apiUrl}/chat.postMessage`, { Authorization: `Bearer ${to.token}` }];
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json; charset=utf-8", ...authorization },
      body: JSON.stringify(message),
      redirect: "manual",
      signal: timeout,
    });
    const text = withoutSecrets(await response.text(), to);
    const answer = { status: response.status, retryAfter: response.headers.get("retry-after"), text };
    return to.kind === "webhook" ? readWebhookAnswer(answer) : readApiAnswer(answer);
  } catch (error) {
    if (timeout.aborted) return unsure(`Slack did not answer within ${timeoutMs / 1_000} s`);
    return unreached(error);
  }
}

// The messages of such errors name the address; their codes do not.
function unreached(error: unknown): SlackAnswer {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "the connection broke off";
  const message = `Slack cannot be reached: ${code}`;
  return UNREACHED.has(code) ? { kind: "busy", message, retryAfterMs: undefined } : unsure(message);
}

function withoutSecrets(text: string, to: Destination): string {
  if (to.kind === "api") return text.replaceAll(to.token, "<token>");
  const { pathname } = new URL(to.url);
  const hidden = text.replaceAll(to.url, "<webhook>");
  return pathname === "/" ? hidden : hidden.replaceAll(pathname, "<webhook>");
}
