import { RetryableError, definePlugin, failed, succeeded } from "@outrigger/sdk";
import type { JsonValue, Plugin, PluginResult } from "@outrigger/sdk";
import { WebhookError, postToWebhook } from "./webhook.ts";

export interface SlackOptions {
  /** An incoming webhook. Whoever knows it can post: it is a secret. */
  readonly webhookUrl: string | undefined;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_SHOWN_CHARACTERS = 60;

const NO_WEBHOOK =
  "the plugin has no webhook: its container needs the environment variable URL, from the key URL of the Secret slack-executor-plugin " +
  "(kubectl create secret generic slack-executor-plugin --from-literal=URL=https://hooks.slack.com/…)";

/** `slack: {text: …}` posts the text to the channel of the webhook. */
export function slackPlugin({ webhookUrl = "", timeoutMs = DEFAULT_TIMEOUT_MS }: SlackOptions): Plugin {
  return definePlugin({
    key: "slack",
    async execute({ input, signal }) {
      if (webhookUrl === "") return failed(NO_WEBHOOK);
      if (!isHttpUrl(webhookUrl)) return failed("the webhook in the environment variable URL is no http or https URL");
      const text = textOf(input);
      if (text === undefined) {
        const given = JSON.stringify(input).slice(0, MAX_SHOWN_CHARACTERS);
        return failed(`slack.text must be the text to post, as in slack: {text: "done"}, not ${given}`);
      }
      return post({ url: webhookUrl, text, timeoutMs, signal });
    },
  });
}

async function post(message: Parameters<typeof postToWebhook>[0]): Promise<PluginResult> {
  try {
    await postToWebhook(message);
    return succeeded({ message: "posted to Slack" });
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    // Only what has certainly not been posted may be posted again.
    if (error.notPosted) throw new RetryableError(error.message, error.retryAfter);
    return failed(error.message);
  }
}

function textOf(input: JsonValue): string | undefined {
  const text = typeof input === "object" && input !== null && "text" in input ? input.text : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
