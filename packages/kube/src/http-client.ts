import type { JsonValue, KubeObject } from "@outrigger/types";
import { PATCH_CONTENT_TYPES } from "./client.ts";
import type {
  DeleteOptions,
  JsonLike,
  KubeClient,
  KubeList,
  ListOptions,
  LogOptions,
  ObjectRef,
  PatchType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./client.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { decodeJson, decodeList, decodeObject, decodeWatchEvent } from "./decode.ts";
import type { DecodeContext } from "./decode.ts";
import { HttpTransport, named } from "./http-transport.ts";
import type { HttpRequest, HttpResponse } from "./http-transport.ts";
import { lines } from "./lines.ts";
import type { ApiCall, ObserveCall } from "./observe.ts";
import { deleteBody, listQuery, logQuery, resourcePath, watchQuery, writeQuery } from "./request-target.ts";
import { PODS } from "./resources.ts";
import type { Resource } from "./resources.ts";
import { statusError } from "./status-error.ts";

export interface HttpClientOptions {
  readonly connection: Connection;
  /** The server shows it in audit logs, and takes the part before the slash as field manager. Default: `outrigger`. */
  readonly userAgent?: string;
  /** How long the server may keep silent. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** Calls at the same time; watches and followed logs come on top. Default: 32. */
  readonly maxSockets?: number;
  /** Unused connections are closed after this long. Default: 45 s. */
  readonly idleSocketMs?: number;
  readonly clock?: Clock;
  readonly observe?: ObserveCall;
}

const JSON_CONTENT_TYPE = "application/json";

/** The Kubernetes API over HTTP. One instance per process and server: its connections are shared by all calls. */
export class HttpKubeClient implements KubeClient {
  readonly #transport: HttpTransport;
  readonly #requestTimeoutMs: number;
  readonly #observe: ObserveCall;

  constructor(options: HttpClientOptions) {
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
    this.#observe = options.observe ?? ((_call, run) => run());
    this.#transport = new HttpTransport({
      connection: options.connection,
      clock: options.clock ?? systemClock,
      userAgent: options.userAgent ?? "outrigger",
      requestTimeoutMs: this.#requestTimeoutMs,
      maxSockets: options.maxSockets ?? 32,
      idleSocketMs: options.idleSocketMs ?? 45_000,
    });
  }

  async get(resource: Resource, ref: ObjectRef): Promise<KubeObject> {
    return this.#call(resource, { verb: "get", method: "GET", path: resourcePath(resource, ref) }, decodeObject);
  }

  async list(resource: Resource, options: ListOptions = {}): Promise<KubeList> {
    const path = resourcePath(resource, { namespace: options.namespace });
    const call = { verb: "list", method: "GET", path, query: listQuery(options), signal: options.signal } as const;
    return this.#call(resource, call, decodeList);
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent> {
    const path = resourcePath(resource, { namespace: options.namespace });
    const call = { verb: "watch", method: "GET", path, query: watchQuery(options), lane: "stream" } as const;
    const context = { resource, request: named(call) };
    // A server that is still silent some time after it should have ended the watch is gone.
    const pauseMs = options.timeoutMs === undefined ? Infinity : options.timeoutMs + this.#requestTimeoutMs;
    for await (const line of lines(this.#stream(resource, { ...call, pauseMs, signal: options.signal }))) {
      yield decodeWatchEvent(line, context);
    }
  }

  async create(
    resource: Resource,
    namespace: string | undefined,
    body: JsonLike,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const path = resourcePath(resource, { namespace });
    return this.#call(resource, { verb: "create", method: "POST", path, body, ...writing(options) }, decodeObject);
  }

  async createSubresource(resource: Resource, ref: ObjectRef, subresource: string, body: JsonLike): Promise<JsonValue> {
    const path = resourcePath(resource, { ...ref, subresource });
    return this.#call(resource, { verb: "create", method: "POST", path, subresource, body }, (answer) => answer);
  }

  async replace(resource: Resource, ref: ObjectRef, body: JsonLike, options: WriteOptions = {}): Promise<KubeObject> {
    const path = resourcePath(resource, { ...ref, subresource: options.subresource });
    return this.#call(resource, { verb: "update", method: "PUT", path, body, ...writing(options) }, decodeObject);
  }

  async patch(
    resource: Resource,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: JsonLike },
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const path = resourcePath(resource, { ...ref, subresource: options.subresource });
    const contentType = PATCH_CONTENT_TYPES[patch.type];
    const call = { verb: "patch", method: "PATCH", path, body: patch.body, contentType } as const;
    return this.#call(resource, { ...call, ...writing(options) }, decodeObject);
  }

  async delete(resource: Resource, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const path = resourcePath(resource, ref);
    const call = { verb: "delete", method: "DELETE", path, body: deleteBody(options) } as const;
    await this.#call(resource, call, () => undefined); // the object as it was, or a Status
  }

  async *logs(ref: ObjectRef, options: LogOptions = {}): AsyncGenerator<string> {
    const path = resourcePath(PODS, { ...ref, subresource: "log" });
    const call = { verb: "get", method: "GET", path, query: logQuery(options), subresource: "log" } as const;
    const pauseMs = options.follow === true ? Infinity : undefined;
    const decoder = new TextDecoder();
    for await (const chunk of this.#stream(PODS, { ...call, lane: "stream", pauseMs, signal: options.signal })) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== "") yield text;
    }
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  }

  close(): void {
    this.#transport.close();
  }

  async #call<T>(resource: Resource, call: Call, decode: Decode<T>): Promise<T> {
    const info = callInfo(resource, call);
    const context = { resource, request: named(call) };
    return this.#observe(info, async () => {
      const response = await this.#send(call, info);
      return decode(decodeJson(await readText(response, info), context), context);
    });
  }

  /** The bytes of an answer that may never end. An abort ends them quietly. */
  async *#stream(resource: Resource, call: Call): AsyncGenerator<Buffer> {
    const info = callInfo(resource, call);
    try {
      const response = await this.#observe(info, () => this.#send(call, info));
      yield* response.body;
    } catch (error) {
      if (call.signal?.aborted !== true) throw error;
    }
  }

  async #send(call: Call, info: ApiCall): Promise<HttpResponse> {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    info.traffic.requestBytes = body?.length ?? 0;
    const response = await this.#transport.send({
      method: call.method,
      path: call.path,
      query: call.query ?? "",
      lane: call.lane ?? "call",
      signal: call.signal,
      pauseMs: call.pauseMs,
      body,
      contentType: body === undefined ? undefined : (call.contentType ?? JSON_CONTENT_TYPE),
    });
    const { status, headers } = response;
    if (status >= 200 && status < 300) return response;
    throw statusError({ request: named(call), status, headers, body: parseOrNothing(await readText(response, info)) });
  }
}

interface Call extends Pick<HttpRequest, "method" | "path" | "contentType" | "signal" | "pauseMs"> {
  readonly verb: ApiCall["verb"];
  readonly query?: string;
  readonly lane?: HttpRequest["lane"];
  readonly subresource?: string | undefined;
  readonly body?: JsonLike;
}

type Decode<T> = (answer: JsonValue, context: DecodeContext) => T;

function writing(options: WriteOptions): Pick<Call, "query" | "subresource"> {
  return { query: writeQuery(options), subresource: options.subresource };
}

function callInfo(resource: Resource, call: Call): ApiCall {
  const traffic = { requestBytes: 0, responseBytes: 0 };
  const { verb, subresource } = call;
  return { verb, resource: resource.plural, ...(subresource === undefined ? {} : { subresource }), traffic };
}

async function readText(response: HttpResponse, info: ApiCall): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) {
    chunks.push(chunk);
    info.traffic.responseBytes += chunk.length;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
