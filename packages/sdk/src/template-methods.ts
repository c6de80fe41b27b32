import type { PluginRequest } from "./handler.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import type { Plugin, PluginContext } from "./plugin.ts";
import { replyOf } from "./reply.ts";
import type { ExecuteReplyBody } from "./reply.ts";
import { jsonResponse, textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";
import { RetryableError } from "./retryable-error.ts";
import type { StepsUnderWay } from "./steps-under-way.ts";
import { readCall } from "./template-call.ts";

/** What one server serves. */
export interface Served {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly steps: StepsUnderWay;
  readonly log: Logger;
}

export async function executeTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served.plugins, request, served.log);
  if (!read.ok) return read.response;
  const { plugin, context } = read.call;
  const { idempotencyKey: key, signal } = context;
  const { response } = await served.steps.run(
    { key, signal },
    (ended) => execute(plugin, { ...context, signal: ended }),
    ({ goesOn }) => goesOn,
  );
  return response;
}

interface Executed {
  readonly response: PluginResponse;
  readonly goesOn: boolean;
}

async function execute(plugin: Plugin, context: PluginContext): Promise<Executed> {
  const { log, signal } = context;
  try {
    const reply = replyOf(await plugin.execute(context));
    return { response: jsonResponse(reply), goesOn: reply.node.phase === "Running" };
  } catch (error) {
    if (error instanceof RetryableError) return { response: again(error, log), goesOn: true };
    if (signal.aborted) log.info({ reason: messageOf(signal.reason) }, "Step was ended");
    else log.error({ error }, "Step failed with an exception");
    return { response: failedWith(messageOf(error)), goesOn: false };
  }
}

/** Ends what `execute` is still at for this step, then lets the plugin do what it has to. */
export async function cancelTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served.plugins, request, served.log);
  if (!read.ok) return read.response;
  const { plugin, context, reason } = read.call;
  served.steps.abort(context.idempotencyKey, reason);
  try {
    const message = (await plugin.cancel?.({ ...context, reason })) ?? "";
    served.steps.settle(context.idempotencyKey);
    return failedWith(message);
  } catch (error) {
    if (error instanceof RetryableError) return again(error, context.log);
    context.log.error({ error }, "Step cannot be cancelled");
    return failedWith(`the plugin failed to cancel the step: ${messageOf(error)}`);
  }
}

function again({ message, retryAfterSeconds }: RetryableError, log: Logger): PluginResponse {
  log.warn({ error: message }, "Step is to be called again");
  return textResponse(
    503,
    message,
    retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) },
  );
}

function failedWith(message: string): PluginResponse {
  const reply: ExecuteReplyBody = { node: { phase: "Failed", ...(message === "" ? {} : { message }) } };
  return jsonResponse(reply);
}
