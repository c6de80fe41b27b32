import { executeRequestParser, formatIssues } from "@outrigger/types";
import type { IncomingRequest, JsonValue, RequestNode } from "@outrigger/types";
import type { PluginContext } from "./context.ts";
import type { PluginRequest } from "./handler.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import type { Environment } from "./options.ts";
import type { Plugin } from "./plugin.ts";
import { jsonResponse, textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";
import { secretOf } from "./secret.ts";

/** A call of a method that is about a template: as it came, nothing checked yet against the plugin's schemas. */
export interface TemplateCall {
  readonly plugin: Plugin;
  readonly context: RawContext;
  /** In `template.cancel`. */
  readonly reason: string;
  /** Whether the agent is one that hands `state` back, which is one that says who it asks for. */
  readonly keepsState: boolean;
}

export type RawContext = PluginContext<unknown, unknown>;

export type ReadCall =
  | { readonly ok: true; readonly call: TemplateCall }
  /** What to answer instead. */
  | { readonly ok: false; readonly response: PluginResponse };

/** What calls are read with. */
export interface CallSurroundings {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly log: Logger;
  readonly env: Environment;
}

/** Finds the plugin that the template names; declines if it is none of ours. */
export function readCall(surroundings: CallSurroundings, request: PluginRequest): ReadCall {
  const parsed = parseBody(request.body);
  if (!parsed.ok) return { ok: false, response: textResponse(400, parsed.message) };
  const call = findCall(surroundings.plugins, parsed.value);
  if (call === undefined) return { ok: false, response: jsonResponse({}) };
  const { reason = "no reason was given", node } = parsed.value;
  const context = contextOf(call, request.signal ?? new AbortController().signal, surroundings);
  return { ok: true, call: { plugin: call.plugin, context, reason, keepsState: node !== undefined } };
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

function contextOf({ plugin, input, request }: Call, signal: AbortSignal, { log, env }: CallSurroundings): RawContext {
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
    secret: (name) => secretOf(env, name, plugin.key),
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
): Pick<RawContext, "nodeId" | "nodeName" | "attempt" | "deadline" | "idempotencyKey" | "traceparent"> {
  const deadline = new Date(node?.deadline ?? "");
  return {
    nodeId: node?.id,
    nodeName: node?.name,
    attempt: node?.attempt,
    deadline: Number.isNaN(deadline.getTime()) ? undefined : deadline,
    idempotencyKey: node?.idempotencyKey,
    traceparent: node?.traceparent,
  };
}
