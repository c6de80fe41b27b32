import * as v from "valibot";

/** What came of a request to Slack. */
export type SlackAnswer =
  | { readonly kind: "posted"; readonly channel: string | undefined; readonly ts: string | undefined }
  /** Not posted, and will not be. */
  | { readonly kind: "refused"; readonly message: string }
  /** Not posted yet: later it may be. */
  | { readonly kind: "busy"; readonly message: string; readonly retryAfterMs: number | undefined }
  /** Nobody knows. */
  | { readonly kind: "unknown"; readonly message: string };

// What people can do about what Slack says, https://docs.slack.dev/reference/methods/chat.postMessage
const TOKEN = "put a bot token that is in force into the key TOKEN of the Secret";
const SCOPE = "the app needs the scope chat:write: add it, and install the app again";
const CHANNEL = "check the channel's name or id; into a private one the bot has to be invited";
const INVITE = "invite the bot: /invite it in the channel";
const WEBHOOK = "the webhook is gone: make a new one, and put its URL into the key URL of the Secret";
const HELP: Readonly<Record<string, string>> = {
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  account_inactive: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  no_permission: SCOPE,
  missing_scope: SCOPE,
  not_allowed_token_type: TOKEN,
  channel_not_found: CHANNEL,
  not_in_channel: INVITE,
  is_archived: "the channel is archived",
  channel_is_archived: "the channel is archived",
  restricted_action: "an administrator of the workspace does not let the app post there",
  action_prohibited: "an administrator of the workspace does not let the webhook post there",
  msg_too_long: "shorten the text: Slack takes 40,000 characters",
  no_text: "give it text, or blocks",
  invalid_blocks: "check the blocks in Slack's Block Kit Builder",
  invalid_blocks_format: "check the blocks in Slack's Block Kit Builder",
  invalid_payload: "check text and blocks",
  thread_not_found: "check thread_ts: it is the output ts of the message that is replied to",
  no_service: WEBHOOK,
  no_service_id: WEBHOOK,
  no_team: WEBHOOK,
  invalid_token: WEBHOOK,
};
// Slack may have posted the message all the same.
const UNSURE: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);
const MAX_SHOWN_CHARACTERS = 200;

const apiAnswer = v.object({
  ok: v.boolean(),
  error: v.optional(v.string()),
  needed: v.optional(v.string()),
  channel: v.optional(v.string()),
  ts: v.optional(v.string()),
  response_metadata: v.optional(v.object({ messages: v.optional(v.array(v.string())) })),
});

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** Of `chat.postMessage`: errors come with status 200, in JSON. */
export function readApiAnswer(answer: HttpAnswer): SlackAnswer {
  if (answer.status !== 200) return readStatus(answer);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), apiAnswer), answer.text);
  if (!parsed.success) return { kind: "unknown", message: "Slack's answer is not to be understood" };
  const { ok, error = "unknown_error", needed, channel, ts, response_metadata: more } = parsed.output;
  if (ok) return { kind: "posted", channel, ts };
  if (error === "ratelimited" || error === "rate_limited") return busy(answer);
  const details = [...(needed === undefined ? [] : [`needed: ${needed}`]), ...(more?.messages ?? [])].join("; ");
  return refused(error, details);
}

/** Of an incoming webhook: `ok`, or the error as text. */
export function readWebhookAnswer(answer: HttpAnswer): SlackAnswer {
  return answer.status === 200 ? { kind: "posted", channel: undefined, ts: undefined } : readStatus(answer);
}

function readStatus(answer: HttpAnswer): SlackAnswer {
  const { status, text } = answer;
  if (status === 429) return busy(answer);
  const shown = text.trim().slice(0, MAX_SHOWN_CHARACTERS);
  if (Object.hasOwn(HELP, shown)) return refused(shown, `status ${status}`);
  const message = `Slack answered ${status}${shown === "" ? "" : `: ${shown}`}`;
  return status >= 500 ? unsure(message) : { kind: "refused", message };
}

function refused(error: string, details: string): SlackAnswer {
  const said = `Slack answered ${error}${details === "" ? "" : ` (${details})`}`;
  if (UNSURE.has(error)) return unsure(said);
  const help = Object.hasOwn(HELP, error) ? HELP[error] : undefined;
  return { kind: "refused", message: help === undefined ? said : `${said}: ${help}` };
}

export function unsure(message: string): SlackAnswer {
  return { kind: "unknown", message: `${message}; the message may have been posted` };
}

function busy({ retryAfter }: HttpAnswer): SlackAnswer {
  const seconds = Number(retryAfter ?? Number.NaN);
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : undefined;
  return { kind: "busy", message: "Slack's rate limit is reached", retryAfterMs };
}
