import type { CallLimit } from "./call-limit.ts";
import { checkedStep } from "./checked-step.ts";
import type { PluginRequest } from "./handler.ts";
import { messageOf } from "./message-of.ts";
import { observeCall } from "./observe/observer.ts";
import type { Observer } from "./observe/observer.ts";
import type { Outcome } from "./observe/outcome.ts";
import type { TracedCall } from "./observe/trace-call.ts";
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
  readonly limit: CallLimit;
  readonly observer: Observer;
}

interface Ended {
  readonly response: PluginResponse;
  readonly outcome: Outcome;
}

export async function executeTemplate(served: Served, request: PluginRequest): Promise<PluginResponse> {
  const read = readCall(served, request);
  if (!read.ok) return read.response;
  const { limit, steps, observer } = served;
  const { call } = read;
  const { idempotencyKey: key, signal } = call.context;
  const work = (): Promise<Ended> =>
    steps.run(
      { key, signal },
      (ended) => execute({ ...call, context: { ...call.context, signal: ended } }),
      ({ outcome }) => outcome === "running" || outcome === "retried",
    );
  const { response } = await observeCall(
    observer,
    tracedCall(call, isPoll(call) ? "poll" : "execute"),
    async () => (await limit.run(work)) ?? { response: limit.refusal, outcome: "overloaded" },
  );
  return response;
}

async function execute(call: TemplateCall): Promise<Ended> {
  const { plugin, context } = call;
  const { log, signal } = context;
  try {
    const step = await checkedStep(call);
    if (!step.ok) return refused(step.problem, context);
    const reply = await replyOf(await run(plugin, step.context), plugin.output);
    return { response: jsonResponse(reply), outcome: OUTCOMES[reply.node.phase] };
  } catch (error) {
    if (error instanceof RetryableError) return again(error, context);
    if (signal.aborted) log.info({ reason: messageOf(signal.reason) }, "Step was ended");
    else log.error({ error }, "Step failed with an exception");
    return { response: failedWith(messageOf(error)), outcome: "failed" };
  }
}

const OUTCOMES = { Succeeded: "succeeded", Failed: "failed", Running: "running" } as const;

function tracedCall({ plugin, context }: TemplateCall, method: TracedCall["method"]): TracedCall {
  const { workflow, nodeId, attempt, traceparent } = context;
  return {
    plugin: plugin.key,
    method,
    traceparent,
    attributes: {
      workflow: workflow.name,
      namespace: workflow.namespace,
      ...(nodeId === undefined ? {} : { nodeId }),
      ...(attempt === undefined ? {} : { attempt }),
    },
  };
}

function isPoll({ plugin, context }: TemplateCall): boolean {
  return plugin.poll !== undefined && context.state !== undefined;
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
  const { call } = read;
  const { response } = await observeCall(served.observer, tracedCall(call, "cancel"), () => cancel(served, call));
  return response;
}

async function cancel({ steps }: Served, call: TemplateCall): Promise<Ended> {
  const { plugin, context, reason } = call;
  steps.abort(context.idempotencyKey, reason);
  try {
    const step = await checkedStep(call);
    if (!step.ok) return refused(step.problem, context);
    const message = (await plugin.cancel?.({ ...step.context, reason })) ?? "";
    steps.settle(context.idempotencyKey);
    return { response: failedWith(message), outcome: "succeeded" };
  } catch (error) {
    if (error instanceof RetryableError) return again(error, context);
    context.log.error({ error }, "Step cannot be cancelled");
    return {
      response: failedWith(`the plugin failed to cancel the step: ${messageOf(error)}`),
      outcome: "failed",
    };
  }
}

function refused(problem: string, { log }: RawContext): Ended {
  log.warn({ problem }, "Step was refused");
  return { response: failedWith(problem), outcome: "refused" };
}

function again({ message, retryAfterSeconds }: RetryableError, { log }: RawContext): Ended {
  log.warn({ error: message }, "Step is to be called again");
  const headers = retryAfterSeconds === undefined ? undefined : { "Retry-After": String(retryAfterSeconds) };
  return { response: textResponse(503, message, headers), outcome: "retried" };
}

function failedWith(message: string): PluginResponse {
  const reply: ExecuteReplyBody = { node: { phase: "Failed", ...(message === "" ? {} : { message }) } };
  return jsonResponse(reply);
}
