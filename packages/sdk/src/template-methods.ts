import { checkedStep } from "./checked-step.ts";
import type { PluginRequest } from "./handler.ts";
import { messageOf } from "./message-of.ts";
import type { Plugin } from "./plugin.ts";
import { replyOf } from "./reply.ts";
import type { ExecuteReplyBody } from "./reply.ts";
import { jsonResponse, textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";
import type { PluginResult } from "./results.ts";
import { RetryableError } from "./retryable-error.ts";
import type { StepsUnderWay } from "./steps-under-way.ts";
import { readCall } from "./template-call.ts";
import type { CallSurroundings, RawContext, TemplateCall } from "./template-call.ts";

/** What one server serves. */
export interface Served extends CallSurroundings {
  readonly steps: StepsUnderWay;
}

export async function executeTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served, request);
  if (!read.ok) return read.response;
  const { idempotencyKey: key, signal } = read.call.context;
  const { response } = await served.steps.run(
    { key, signal },
    (ended) => execute({ ...read.call, context: { ...read.call.context, signal: ended } }),
    ({ goesOn }) => goesOn,
  );
  return response;
}

interface Executed {
  readonly response: PluginResponse;
  readonly goesOn: boolean;
}

async function execute(call: TemplateCall): Promise<Executed> {
  const { plugin, context } = call;
  const { log, signal } = context;
  try {
    const step = await checkedStep(call);
    if (!step.ok) return refused(step.problem, context);
    const reply = await replyOf(await run(plugin, step.context), plugin.output);
    return { response: jsonResponse(reply), goesOn: reply.node.phase === "Running" };
  } catch (error) {
    if (error instanceof RetryableError) return { response: again(error, context), goesOn: true };
    if (signal.aborted) log.info({ reason: messageOf(signal.reason) }, "Step was ended");
    else log.error({ error }, "Step failed with an exception");
    return { response: failedWith(messageOf(error)), goesOn: false };
  }
}

function run(plugin: Plugin, context: RawContext): PluginResult<unknown> | Promise<PluginResult<unknown>> {
  const { state } = context;
  return plugin.poll === undefined || state === undefined
    ? plugin.execute(context)
    : plugin.poll({ ...context, state });
}

/** Ends what `execute` is still at for this step, then lets the plugin do what it has to. */
export async function cancelTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served, request);
  if (!read.ok) return read.response;
  const { plugin, context, reason } = read.call;
  served.steps.abort(context.idempotencyKey, reason);
  try {
    const step = await checkedStep(read.call);
    if (!step.ok) return refused(step.problem, context).response;
    const message = (await plugin.cancel?.({ ...step.context, reason })) ?? "";
    served.steps.settle(context.idempotencyKey);
    return failedWith(message);
  } catch (error) {
    if (error instanceof RetryableError) return again(error, context);
    context.log.error({ error }, "Step cannot be cancelled");
    return failedWith(`the plugin failed to cancel the step: ${messageOf(error)}`);
  }
}

function refused(problem: string, { log }: RawContext): Executed {
  log.warn({ problem }, "Step was refused");
  return { response: failedWith(problem), goesOn: false };
}

function again({ message, retryAfterSeconds }: RetryableError, { log }: RawContext): PluginResponse {
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
