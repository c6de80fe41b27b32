import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import type { JsonObject } from "@outrigger/types";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

/** What is sent in place of a request; the answer to the last of them is handed back. */
export type Bend = (sent: Sent) => readonly Sent[];

/** Stands between an agent and a plugin, and makes a good agent a bad one. */
export class BendingProxy {
  readonly to: string;
  readonly #bend: Bend;
  readonly #server: Server;

  private constructor(to: string, bend: Bend) {
    this.to = to;
    this.#bend = bend;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(to: string, bend: Bend = (sent) => [sent]): Promise<BendingProxy> {
    const proxy = new BendingProxy(to, bend);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const text = await textOf(request);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const sent = { method, path, headers, body: (text === "" ? {} : JSON.parse(text)) as JsonObject };
    for (const [index, each] of this.#bend(sent).entries()) {
      const answer = await this.#send(each, text !== "", gone.signal);
      const body = await textOf(answer);
      if (index === this.#bend(sent).length - 1) response.writeHead(answer.statusCode ?? 0).end(body);
    }
  }

  async #send({ method, path, headers, body }: Sent, hasBody: boolean, signal: AbortSignal): Promise<IncomingMessage> {
    const text = hasBody ? JSON.stringify(body) : "";
    const length = hasBody ? { "content-length": Buffer.byteLength(text) } : {};
    const outgoing = httpRequest(`${this.to}${path}`, {
      method,
      headers: { ...headers, ...length },
      agent: false,
      signal,
    });
    outgoing.end(text);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return answer;
  }
}
