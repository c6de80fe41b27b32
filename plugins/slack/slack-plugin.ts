import { RetryableError, definePlugin, failed, succeeded } from "@outrigger/sdk";
import type { Plugin, PluginResult } from "@outrigger/sdk";
import { AnsweredSteps } from "./answered-steps.ts";
import { Pace } from "./pace.ts";
import type { SlackAnswer } from "./slack-answer.ts";
import { post } from "./slack-client.ts";
import type { Destination } from "./slack-client.ts";
import { slackInput } from "./slack-input.ts";
import type { SlackMessage } from "./slack-input.ts";

export interface SlackOptions {
  /** How long Slack may take to answer. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Default: Slack's own. */
  readonly apiUrl?: string | undefined;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const SLACK_API = "https://slack.com/api";

/**
 * `slack: {text: …}` posts to the channel of the webhook in URL; with `channel`, to that one, as the bot whose token is in TOKEN. No attempt
 * posts twice.
 */
export function slackPlugin(options: SlackOptions = {}): Plugin {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, apiUrl = SLACK_API, now = Date.now } = options;
  const answered = new AnsweredSteps();
  const pace = new Pace();
  const send = async (message: SlackMessage, to: Destination, key: string | undefined): Promise<PluginResult> => {
    const waitMs = pace.waitMs(key, now());
    if (waitMs > 0) throw later("other messages wait for Slack's rate limit, too", waitMs);
    // Not ended with the call: whether it was posted would be anybody's guess then, and the call that comes again wants to know.
    const answer = await post(message, to, timeoutMs);
    if (answer.kind !== "busy" || answer.retryAfterMs === undefined) return resultOf(answer);
    throw later(answer.message, pace.refusedMs(key, now(), answer.retryAfterMs));
  };
  return definePlugin({
    key: "slack",
    input: slackInput,
    execute({ input, secret, idempotencyKey: key }) {
      const to = destination(input, secret, apiUrl);
      return to === undefined
        ? failed("the webhook in the environment variable URL is no http or https URL")
        : answered.once(key, () => send(input, to, key));
    },
    cancel({ idempotencyKey: key }) {
      if (key === undefined) return "whether it was posted is not known";
      pace.leave(key);
      const isLate = answered.settle(key, failed("cancelled before it was posted"));
      return isLate ? "it was under way already" : "it was not posted";
    },
  });
}

function destination(
  { channel }: SlackMessage,
  secret: (name: string) => string,
  apiUrl: string,
): Destination | undefined {
  if (channel !== undefined) return { kind: "api", apiUrl, token: secret("TOKEN") };
  const url = secret("URL");
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? { kind: "webhook", url } : undefined;
}

function later(message: string, waitMs: number): RetryableError {
  return new RetryableError(message, { retryAfter: `${Math.ceil(waitMs / 1_000)}s` });
}

function resultOf(answer: SlackAnswer): PluginResult {
  if (answer.kind === "busy") throw new RetryableError(answer.message);
  if (answer.kind !== "posted") return failed(answer.message);
  const { channel, ts } = answer;
  if (channel === undefined || ts === undefined) return succeeded({ message: "posted to Slack" });
  return succeeded({ message: `posted to ${channel}`, outputs: { channel, ts } });
}
