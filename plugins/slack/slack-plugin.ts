import { RetryableError, definePlugin, failed, succeeded } from "@outrigger/sdk";
import type { Plugin, PluginResult } from "@outrigger/sdk";
import * as v from "valibot";
import { WebhookError, postToWebhook } from "./webhook.ts";

export interface SlackOptions {
  /** Default: 10 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** `slack: {text: …}` posts the text to the channel of the webhook. Whoever knows the webhook's URL can post: it is a secret. */
export function slackPlugin({ timeoutMs = DEFAULT_TIMEOUT_MS }: SlackOptions = {}): Plugin {
  return definePlugin({
    key: "slack",
    input: v.strictObject({ text: v.pipe(v.string(), v.nonEmpty("must not be empty")) }),
    execute({ input, secret, signal }) {
      const url = secret("URL");
      if (!isHttpUrl(url)) return failed("the webhook in the environment variable URL is no http or https URL");
      return post({ url, text: input.text, timeoutMs, signal });
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

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
