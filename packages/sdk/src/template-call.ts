import { executeRequestParser, formatIssues } from "@outrigger/types";
import type { IncomingRequest, JsonValue, RequestNode } from "@outrigger/types";
import type { PluginRequest } from "./handler.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import type { Plugin, PluginContext } from "./plugin.ts";
import { jsonResponse, textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";

/** A call of a method that is about a template. */
export interface TemplateCall {
  readonly plugin: Plugin;
  readonly context: PluginContext;
  /** In `template.cancel`. */
  readonly reason: string;
}

export type ReadCall =
  | { readonly ok: true; readonly call: TemplateCall }
  /** What to answer instead. */
  | { readonly ok: false; readonly response: PluginResponse };

/** Finds the plugin that the template names; declines if it is none of ours. */
export function readCall(plugins: ReadonlyMap<string, Plugin>, request: PluginRequest, log: Logger): ReadCall {
  const parsed = parseBody(request.body);
  if (!parsed.ok) return { ok: false, response: textResponse(400, parsed.message) };
  const call = findCall(plugins, parsed.value);
  if (call === undefined) return { ok: false, response: jsonResponse({}) };
  const context = contextOf(call, request.signal ?? new AbortController().signal, log);
  return { ok: true, call: { plugin: call.plugin, context, reason: parsed.value.reason ?? "no reason was given" } };
}

type ParsedBody =
  | { readonly ok: true; readonly value: IncomingRequest }
  | { readonly ok: false; readonly message: string };

function parseBody(body: string | Uint8Array): ParsedBody {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  if (text.trim() === "") return { ok: false, message: "the request has no body" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `the request is no JSON: ${messageOf(error)}` };
  }
  const parsed = executeRequestParser(value, "");
  return parsed.ok ? parsed : { ok: false, message: `the request is not valid: ${formatIssues(parsed.issues)}` };
}

interface Call {
  readonly plugin: Plugin;
  readonly input: JsonValue;
  readonly request: IncomingRequest;
}

function findCall(plugins: ReadonlyMap<string, Plugin>, request: IncomingRequest): Call | undefined {
  for (const [key, input] of Object.entries(request.template.plugin ?? {})) {
    const plugin = plugins.get(key);
    if (plugin !== undefined) return { plugin, input, request };
  }
  return undefined;
}

function contextOf({ plugin, input, request }: Call, signal: AbortSignal, log: Logger): PluginContext {
  const { workflow, template, node, state } = request;
  const { name = "", namespace = "", uid = "" } = workflow.metadata;
  const parameters = template.inputs?.parameters ?? [];
  return {
    input,
    parameters: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.value ?? ""])),
    workflow: { name, namespace, uid },
    ...identityOf(node),
    state,
    signal,
    log: log.child({
      plugin: plugin.key,
      namespace,
      workflow: name,
      ...(node === undefined ? {} : { nodeId: node.id, attempt: node.attempt }),
    }),
  };
}

function identityOf(
  node: RequestNode | undefined,
): Pick<PluginContext, "nodeId" | "attempt" | "deadline" | "idempotencyKey" | "traceparent"> {
  const deadline = new Date(node?.deadline ?? "");
  return {
    nodeId: node?.id,
    attempt: node?.attempt,
    deadline: Number.isNaN(deadline.getTime()) ? undefined : deadline,
    idempotencyKey: node?.idempotencyKey,
    traceparent: node?.traceparent,
  };
}
