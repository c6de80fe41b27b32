import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Connection } from "@outrigger/kube";
import type { JsonValue } from "@outrigger/types";
import { parse as parseYaml } from "yaml";

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** What the text says, where it is JSON or YAML. */
  readonly body: JsonValue | undefined;
}

function parse(text: string, contentType = ""): JsonValue | undefined {
  try {
    return (contentType.startsWith("application/yaml") ? parseYaml(text) : JSON.parse(text)) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Sends requests as they are and hands back what comes, so that a case sees what a server really says. */
export class RawClient {
  readonly #connection: Connection;
  readonly #http = new HttpAgent({ keepAlive: true });
  #https: HttpsAgent | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async send(raw: RawRequest): Promise<RawAnswer> {
    const incoming = await this.open(raw);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { statusCode = 0, headers } = incoming;
    const text = Buffer.concat(chunks).toString();
    return { status: statusCode, headers, text, body: parse(text, headers["content-type"]) };
  }

  /** Resolves when the headers are there; destroy the answer to leave. */
  async open(raw: RawRequest): Promise<IncomingMessage> {
    const { headers: credentials, tls } = await this.#connection.credentials();
    const { server } = this.#connection;
    const options: RequestOptions = {
      host: server.hostname,
      port: server.port,
      method: raw.method,
      path: raw.path,
      headers: {
        ...credentials,
        ...(raw.body === undefined ? {} : { "content-length": Buffer.byteLength(raw.body) }),
        ...raw.headers,
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = this.#request(server.protocol === "https:", options, tls);
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
      outgoing.end(raw.body);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https?.destroy();
  }

  #request(secure: boolean, options: RequestOptions, tls: object): ClientRequest {
    if (!secure) return httpRequest({ ...options, agent: this.#http });
    this.#https ??= new HttpsAgent({ keepAlive: true, ...tls });
    return httpsRequest({ ...options, agent: this.#https });
  }
}
