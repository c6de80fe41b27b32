import type { JsonObject, JsonValue } from "../parse/json.ts";
import { integer, json, jsonObject, list, object, oneOf, record, string } from "../parse/parsers.ts";
import type { Parser } from "../parse/parsers.ts";
import { ok } from "../parse/result.ts";
import { goDuration } from "../duration.ts";
import { inputsParser, outputsParser } from "../parameter.ts";
import type { Inputs, Outputs } from "../parameter.ts";
import { RESULT_PHASES } from "../phases.ts";
import type { ResultPhase } from "../phases.ts";

/** Methods are called with POST, plugin.info with GET. */
export const METHOD_EXECUTE = "template.execute";
export const METHOD_CANCEL = "template.cancel";
export const METHOD_INFO = "plugin.info";

export function methodPath(method: string): string {
  return `/api/v1/${method}`;
}

/** Where a plugin and the agent find the token that both know. No trailing newline. */
export const TOKEN_PATH = "/var/run/argo/token";
/** Ours. Names another place for the token, where `/var/run/argo` cannot be mounted (a laptop without user namespaces). */
export const ENV_TOKEN_PATH = "OUTRIGGER_TOKEN_PATH";
/** Ours. The port that a plugin listens on; a container that lists it in `env` can be given another one on a laptop. */
export const ENV_PORT = "OUTRIGGER_PORT";
/** Ours. How much JSON a plugin may hand on as `state` from one poll to the next. */
export const MAX_STATE_BYTES = 16 * 1024;

/** Ours; absent from Argo's agent. Who asks, so that a plugin can tell calls apart and recognise a repeated one. */
export interface RequestNode {
  readonly id: string;
  readonly name?: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** RFC 3339; nobody waits for the answer after it. */
  readonly deadline?: string;
  /** The same for every repetition of one attempt: transport retries, polls, restarts of the agent. */
  readonly idempotencyKey: string;
  readonly traceparent?: string;
}

export interface RequestTemplate {
  readonly name: string;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  readonly metadata: JsonObject;
  readonly plugin: JsonObject;
}

/** Body of `template.execute`. */
export interface ExecuteRequest {
  readonly workflow: { readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string } };
  readonly template: RequestTemplate;
  readonly node?: RequestNode;
  /** Ours: what the plugin answered as `state` at the poll before. */
  readonly state?: JsonValue;
}

/** Body of `template.cancel`. Ours: the call to end, and why. A plugin that knows nothing of it answers as if it had ended it. */
export interface CancelRequest extends ExecuteRequest {
  readonly reason: string;
}

export interface ReplyNode {
  readonly phase?: ResultPhase | "";
  readonly message?: string;
  readonly outputs?: Outputs;
  readonly progress?: string;
}

/** Body of the answer. `{}`, `null` and `{"node": null}` decline. */
export interface ExecuteReply {
  readonly node?: ReplyNode;
  /** Milliseconds until the next call; on the wire a Go duration. */
  readonly requeue?: number;
  readonly state?: JsonValue;
}

const requestNodeParser: Parser<RequestNode> = object<RequestNode>(
  {
    id: string,
    name: string,
    attempt: integer,
    deadline: string,
    idempotencyKey: string,
    traceparent: string,
  },
  { required: ["id", "attempt", "idempotencyKey"] },
);

interface WireTemplate {
  readonly name?: string;
  readonly inputs?: Inputs;
  readonly outputs?: Outputs;
  readonly metadata?: JsonObject;
  readonly plugin?: JsonObject;
}

interface WireMetadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** What a plugin reads: lenient, since other agents leave fields out. */
export interface IncomingRequest {
  readonly workflow: { readonly metadata: WireMetadata };
  readonly template: WireTemplate;
  readonly node?: RequestNode;
  readonly state?: JsonValue;
  /** In `template.cancel`. */
  readonly reason?: string;
}

export const executeRequestParser: Parser<IncomingRequest> = object<IncomingRequest>(
  {
    workflow: object<{ readonly metadata: WireMetadata }>(
      { metadata: object<WireMetadata>({ name: string, namespace: string, uid: string }) },
      { required: ["metadata"] },
    ),
    template: object<WireTemplate>({
      name: string,
      inputs: inputsParser,
      outputs: outputsParser,
      metadata: jsonObject,
      plugin: jsonObject,
    }),
    node: requestNodeParser,
    state: json,
    reason: string,
  },
  { required: ["workflow", "template"] },
);

const resultPhase: Parser<ResultPhase> = oneOf(...RESULT_PHASES);
const replyPhase: Parser<ResultPhase | ""> = (value, path) => (value === "" ? ok(value) : resultPhase(value, path));

export const executeReplyParser: Parser<ExecuteReply> = object<ExecuteReply>({
  node: object<ReplyNode>({
    phase: replyPhase,
    message: string,
    outputs: outputsParser,
    progress: string,
  }),
  requeue: goDuration,
  state: json,
});

/** Body of `plugin.info`. Ours. */
export interface PluginInfo {
  readonly keys: readonly string[];
  readonly version?: string;
  readonly methods?: readonly string[];
  /** What templates may say below each key, as JSON Schema, where the plugin can tell. */
  readonly inputSchemas?: Readonly<Record<string, JsonObject>>;
}

export const pluginInfoParser: Parser<PluginInfo> = object<PluginInfo>(
  { keys: list(string), version: string, methods: list(string), inputSchemas: record(jsonObject) },
  { required: ["keys"] },
);
