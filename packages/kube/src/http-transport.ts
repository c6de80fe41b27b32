import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import { CallScope } from "./call-scope.ts";
import type { Clock } from "./clock.ts";
import type { Connection, Credentials } from "./connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { Lane, PoolOptions } from "./connection-pool.ts";
import { KubeError } from "./errors.ts";
import type { KubeErrorReason } from "./errors.ts";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly lane: Lane;
  readonly body?: Buffer | undefined;
  readonly contentType?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the server may pause within its answer. Default: the transport's `requestTimeoutMs`. */
  readonly pauseMs?: number | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read, to its end or until the reader has enough: that frees the connection. */
  readonly body: AsyncIterable<Buffer>;
}

export interface TransportOptions extends PoolOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly userAgent: string;
  /** How long the server may take until its answer begins. */
  readonly requestTimeoutMs: number;
}

/**
 * HTTP requests to one API server.
 *
 * Owns: the connections, time-outs, the calls under way. Does not own: what paths and bodies mean.
 * 1. Every call ends: with its answer, when the server keeps silent too long, when its signal is aborted, or by close(). Only the
 *    credentials may take their time: a plugin may be waiting for someone to log in.
 * 2. Every failure is a KubeError that shows no header, query or body; after an abort it is the signal's reason.
 */
export class HttpTransport {
  readonly #options: TransportOptions;
  readonly #pool: ConnectionPool;
  readonly #server: Pick<RequestOptions, "protocol" | "hostname" | "port">;
  readonly #basePath: string;
  readonly #underWay = new Set<CallScope>();
  #closed = false;

  constructor(options: TransportOptions) {
    const { server } = options.connection;
    const { protocol, hostname, port } = urlToHttpOptions(server);
    this.#options = options;
    this.#pool = new ConnectionPool(server, options);
    this.#server = { protocol, hostname, port };
    this.#basePath = server.pathname.replace(/\/+$/, "");
  }

  /** Settles when the headers of the answer are there. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const first = await this.#attempt(request);
    // The server may close a kept connection at the very moment we use it. Reading once more harms nobody.
    const settled = first.stale && request.method === "GET" ? await this.#attempt(request) : first;
    if (settled.response === undefined) throw settled.error;
    return settled.response;
  }

  close(): void {
    this.#closed = true;
    for (const scope of this.#underWay) scope.fail(failure("a call under way", "Unreachable", "the client was closed"));
    this.#pool.close();
  }

  async #attempt(request: HttpRequest): Promise<Attempt> {
    const scope = new CallScope(this.#options.clock, request.signal, (ended) => this.#underWay.delete(ended));
    this.#underWay.add(scope);
    let outgoing: ClientRequest | undefined;
    try {
      const credentials = await scope.guard(this.#credentials(request));
      outgoing = this.#open(request, credentials, scope.signal);
      const waitMs = this.#options.requestTimeoutMs;
      scope.expect(waitMs, () => failure(named(request), "DeadlineExceeded", `no answer within ${waitMs} ms`));
      const answer = await scope.guard(answerOf(outgoing, request.body)); // aborted before it has a socket, it may say nothing
      const body = this.#read(answer, request, scope);
      return { stale: false, response: { status: answer.statusCode ?? 0, headers: answer.headers, body } };
    } catch (error) {
      scope.end();
      const stale = outgoing?.reusedSocket === true && codeOf(error) === "ECONNRESET";
      return { stale, error: this.#explain(error, request, scope) };
    }
  }

  async #credentials(request: HttpRequest): Promise<Credentials> {
    if (this.#closed) throw failure(named(request), "Unreachable", "the client was closed");
    try {
      return await this.#options.connection.credentials();
    } catch (error) {
      throw failure(named(request), "Unauthorized", `no credentials: ${messageOf(error)}`);
    }
  }

  #open(request: HttpRequest, { headers, tls, agent }: Credentials, signal: AbortSignal): ClientRequest {
    const send = this.#server.protocol === "https:" ? httpsRequest : httpRequest;
    return send({
      ...this.#server,
      method: request.method,
      path: `${this.#basePath}${request.path}${request.query}`,
      agent: agent ?? this.#pool.agent(tls, request.lane),
      signal,
      headers: {
        Accept: "application/json",
        "User-Agent": this.#options.userAgent,
        ...headers,
        ...(request.contentType === undefined ? {} : { "Content-Type": request.contentType }),
        ...(request.body === undefined ? {} : { "Content-Length": request.body.length }),
      },
    });
  }

  async *#read(answer: IncomingMessage, request: HttpRequest, scope: CallScope): AsyncGenerator<Buffer> {
    const pauseMs = request.pauseMs ?? this.#options.requestTimeoutMs;
    const expectMore = (): void =>
      scope.expect(pauseMs, () => failure(named(request), "DeadlineExceeded", `the answer stopped for ${pauseMs} ms`));
    try {
      expectMore();
      for await (const chunk of answer) {
        scope.calm(); // a slow reader is not a silent server
        yield chunk as Buffer;
        expectMore();
      }
    } catch (error) {
      throw this.#explain(error, request, scope);
    } finally {
      scope.end();
    }
  }

  #explain(error: unknown, request: HttpRequest, scope: CallScope): unknown {
    if (scope.signal.aborted) return scope.signal.reason;
    if (error instanceof KubeError) return error;
    const code = codeOf(error);
    const isHttp = code?.startsWith("HPE_") !== true;
    if (!isHttp) return failure(named(request), "Malformed", `the answer is no HTTP (${code})`);
    const { origin } = this.#options.connection.server;
    return failure(named(request), "Unreachable", `cannot reach ${origin}: ${messageOf(error)}`);
  }
}

type Attempt =
  | { readonly stale: false; readonly response: HttpResponse; readonly error?: never }
  | { readonly stale: boolean; readonly response?: never; readonly error: unknown };

function answerOf(outgoing: ClientRequest, body: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** How errors name a request: without the query, which may hold anything. */
export function named(request: Pick<HttpRequest, "method" | "path">): string {
  return `${request.method} ${request.path}`;
}

function failure(request: string, reason: KubeErrorReason, message: string): KubeError {
  return new KubeError(message, { reason, status: 0, request });
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

// Where a host has several addresses, Node's error has a code but no message.
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "" ? (codeOf(error) ?? "unknown error") : message;
}
