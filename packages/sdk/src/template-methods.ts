import type { CallsUnderWay } from "./calls-under-way.ts";
import type { PluginRequest } from "./handler.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import type { Plugin, PluginContext } from "./plugin.ts";
import { replyOf } from "./reply.ts";
import type { ExecuteReplyBody } from "./reply.ts";
import { jsonResponse, textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";
import { RetryableError } from "./retryable-error.ts";
import { readCall } from "./template-call.ts";

/** What one server serves. */
export interface Served {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly underWay: CallsUnderWay;
  readonly log: Logger;
}

export async function executeTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served.plugins, request, served.log);
  if (!read.ok) return read.response;
  const { plugin, context } = read.call;
  return served.underWay.run(context.idempotencyKey, context.signal, (signal) =>
    execute(plugin, { ...context, signal }),
  );
}

async function execute(plugin: Plugin, context: PluginContext): Promise<PluginResponse> {
  const { log, signal } = context;
  try {
    return jsonResponse(replyOf(await plugin.execute(context)));
  } catch (error) {
    if (error instanceof RetryableError) return again(error, log);
    if (signal.aborted) log.info({ reason: messageOf(signal.reason) }, "Step was ended");
    else log.error({ error }, "Step failed with an exception");
    return failedWith(messageOf(error));
  }
}

/** Ends what `execute` is still at for this step, then lets the plugin do what it has to. */
export async function cancelTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served.plugins, request, served.log);
  if (!read.ok) return read.response;
  const { plugin, context, reason } = read.call;
  served.underWay.abort(context.idempotencyKey, reason);
  try {
    return failedWith((await plugin.cancel?.({ ...context, reason })) ?? "");
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
