import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { KubeObject } from "@outrigger/types";
import { explicitConnection } from "../src/connection.ts";
import { HttpKubeClient } from "../src/http-client.ts";
import type { HttpClientOptions } from "../src/http-client.ts";

// Server, client and authority in one, for 127.0.0.1; of no use anywhere else.
export const TEST_CERT = readFileSync(join(import.meta.dirname, "fixtures", "test-cert.pem"), "utf8");
export const TEST_KEY = readFileSync(join(import.meta.dirname, "fixtures", "test-key.pem"), "utf8");

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The name in the client's certificate, if it has shown one. */
  readonly certificateName: string | undefined;
}

export type Script = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** An API server that says what the test tells it to, over real HTTP. */
export class FakeApiServer {
  /** What to answer; may be changed at any time. */
  script: Script = (_request, response) =>
    status(response, 404, { reason: "NotFound", message: "nothing is scripted" });
  readonly requests: SeenRequest[] = [];
  /** Connections that were ever opened. */
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #secure: boolean;
  readonly #clients: HttpKubeClient[] = [];

  private constructor(secure: boolean) {
    const tls = { cert: TEST_CERT, key: TEST_KEY, ca: TEST_CERT, requestCert: true, rejectUnauthorized: false };
    this.#server = secure ? createTlsServer(tls) : createServer();
    this.#secure = secure;
    this.#server.on(
      "request",
      (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response),
    );
    this.#server.on("connection", (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(script?: Script, options: { readonly secure?: boolean } = {}): Promise<FakeApiServer> {
    const server = new FakeApiServer(options.secure ?? false);
    if (script !== undefined) server.script = script;
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    return `${this.#secure ? "https" : "http"}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** A client of this server; closed with it. */
  client(options: Partial<HttpClientOptions> = {}): HttpKubeClient {
    const client = new HttpKubeClient({
      connection: explicitConnection({ server: this.url, token: TOKEN }),
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Breaks every connection, as a network does. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.dropConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen: SeenRequest = {
      method: request.method ?? "",
      url: new URL(request.url ?? "/", this.url),
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
      certificateName: this.#secure ? (request.socket as TLSSocket).getPeerCertificate().subject?.CN : undefined,
    };
    this.requests.push(seen);
    await this.script(seen, response);
  }
}

export const TOKEN = "top-secret-token";

export function json(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

export interface StatusFields {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: unknown;
}

export function status(
  response: ServerResponse,
  code: number,
  fields: StatusFields,
  headers: Record<string, string> = {},
): void {
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", code, ...fields };
  response.writeHead(code, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function configMap(
  name: string,
  version: number | string,
  more: { uid?: string; data?: unknown } = {},
): KubeObject {
  const { uid = `uid-${name}`, data } = more;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", uid, resourceVersion: String(version) },
    ...(data === undefined ? {} : { data }),
  };
}

export function listOf(items: readonly KubeObject[], version: number | string, continueToken?: string): object {
  return {
    kind: "ConfigMapList",
    apiVersion: "v1",
    metadata: { resourceVersion: String(version), ...(continueToken === undefined ? {} : { continue: continueToken }) },
    items: items.map(({ apiVersion: _a, kind: _k, ...item }) => item),
  };
}

export function eventLine(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function bookmarkLine(version: number | string): string {
  return eventLine("BOOKMARK", { kind: "ConfigMap", apiVersion: "v1", metadata: { resourceVersion: String(version) } });
}

export function expiredStatus(): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code: 410, reason: "Expired", message: "too old" };
}

export function isWatch(request: SeenRequest): boolean {
  return request.url.searchParams.get("watch") === "true";
}
