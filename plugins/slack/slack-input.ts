import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const block = v.looseObject({ type: text });

/** What stands in a template below `slack:`. The names are Slack's own. */
export const slackInput = v.pipe(
  v.strictObject({
    text: v.optional(text),
    // A tag such as {{inputs.parameters.blocks}} gives text.
    blocks: v.optional(v.union([v.array(block), v.pipe(v.string(), v.parseJson(), v.array(block))])),
    channel: v.optional(text),
    thread_ts: v.optional(text),
    reply_broadcast: v.optional(v.boolean()),
    username: v.optional(text),
    icon_emoji: v.optional(text),
  }),
  v.check(({ text, blocks = [] }) => text !== undefined || blocks.length > 0, "needs text, or blocks, or both"),
);

export type SlackMessage = v.InferOutput<typeof slackInput>;
