import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export const WEBHOOK_PATH = "/services/T0001/B0002/very-secret";
export const TOKEN = "xoxb-very-secret";

/** A message that Slack has taken. */
export interface Posted {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** How a request is answered other than well; it may take the message all the same. */
export type Script = (response: ServerResponse, request: IncomingMessage, take: () => void) => void;

/** A server that behaves as Slack does: an incoming webhook, and chat.postMessage with channels, threads and tokens. */
export class FakeSlack {
  /** What everybody in the channel sees. */
  readonly posted: Posted[] = [];
  /** All requests, answered or not. */
  requests = 0;
  /** For the next requests, one each. */
  readonly scripts: Script[] = [];
  readonly channels = new Set(["C1", "#general"]);
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  static async start(...scripts: readonly Script[]): Promise<FakeSlack> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const slack = new FakeSlack(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    slack.scripts.push(...scripts);
    server.on("request", (request, response) => void slack.#answer(request, response));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return slack;
  }

  get webhook(): string {
    return `${this.#url}${WEBHOOK_PATH}`;
  }

  get apiUrl(): string {
    return `${this.#url}/api`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Posted["body"];
    const { url: path = "", headers } = request;
    const take = (): number => this.posted.push({ path, headers, body });
    const script = this.scripts.shift();
    if (script !== undefined) return script(response, request, take);
    if (path === WEBHOOK_PATH) return this.#webhook(body, response, take);
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(this.#chat(request, body, take)));
  }

  #webhook(body: Posted["body"], response: ServerResponse, take: () => void): void {
    if (isEmpty(body)) return void response.writeHead(400).end("no_text");
    take();
    response.end("ok");
  }

  #chat({ headers }: IncomingMessage, body: Posted["body"], take: () => number): object {
    const refuse = (error: string, more: object = {}): object => ({ ok: false, error, ...more });
    if (headers.authorization !== `Bearer ${TOKEN}`) return refuse("invalid_auth");
    if (!this.channels.has(String(body["channel"]))) return refuse("channel_not_found");
    if (isEmpty(body)) return refuse("no_text");
    return { ok: true, channel: "C1", ts: `1700000000.00000${take()}`, message: body };
  }
}

function isEmpty({ text, blocks }: Posted["body"]): boolean {
  return text === undefined && blocks === undefined;
}

/** Too many messages. */
export function rateLimited(seconds: number): Script {
  return (response) => void response.writeHead(429, { "Retry-After": String(seconds) }).end("ratelimited");
}

/** With this status and text. */
export function answering(status: number, text: string, headers: Record<string, string> = {}): Script {
  return (response) => void response.writeHead(status, headers).end(text);
}

/** With status 200, as chat.postMessage tells of errors. */
export function refusing(error: string, more: object = {}): Script {
  return (response) => void response.end(JSON.stringify({ ok: false, error, ...more }));
}
