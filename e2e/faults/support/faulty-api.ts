import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request to the API, as a fault is chosen for it. */
export interface ApiCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly isWatch: boolean;
  readonly isWrite: boolean;
}

export type Fault =
  | { readonly kind: "pass"; readonly delayMs?: number }
  | { readonly kind: "refuse"; readonly status: 403 | 409 | 429 | 500; readonly retryAfterS?: number }
  /** In the API's place. */
  | { readonly kind: "answer"; readonly answer: (body: string) => object }
  /** The connection breaks: before the API has seen the request, or after it has been applied. */
  | { readonly kind: "lose"; readonly when: "before" | "after" };

/** What becomes of a watch. */
export interface WatchFault {
  /** The connection breaks after so many lines. */
  readonly linesUntilDrop?: number;
  readonly delayMs?: number;
  readonly duplicate?: boolean;
  /** Neighbouring lines change places. */
  readonly swap?: boolean;
}

export interface FaultPlan {
  request(call: ApiCall): Fault;
  watch(call: ApiCall): WatchFault;
}

export const NO_FAULTS: FaultPlan = { request: () => ({ kind: "pass" }), watch: () => ({}) };

/** Told of each write that the API has applied, whether or not the client gets to hear of it. */
export type Applied = (call: ApiCall, body: string) => void;

export interface FaultyApiOptions {
  /** `http://127.0.0.1:…` */
  readonly target: string;
  readonly plan: FaultPlan;
  readonly applied?: Applied;
}

const REASONS = { 403: "Forbidden", 409: "Conflict", 429: "TooManyRequests", 500: "InternalError" } as const;

/** One client's way to the API server, with faults in it; real HTTP on both sides. */
export class FaultyApi {
  url = "";
  readonly #options: FaultyApiOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(options: FaultyApiOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      // A client or server that goes away in the middle is what this is about.
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(options: FaultyApiOptions): Promise<FaultyApi> {
    const api = new FaultyApi(options);
    api.#server.listen(0, "127.0.0.1");
    await once(api.#server, "listening");
    api.url = `http://127.0.0.1:${(api.#server.address() as AddressInfo).port}`;
    return api;
  }

  /** For good: nothing that the client still sends arrives anywhere. What the API has got already it has dealt with at the end. */
  async sever(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.breakConnections();
    await closed;
    await Promise.allSettled(this.#underWay);
  }

  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = callOf(request);
    const body = await buffer(request);
    if (call.isWatch) return this.#watch(call, request, response);
    const fault = this.#options.plan.request(call);
    if (stopsAtOnce(fault, response, body)) return;
    const exchange = this.#exchange(request, body);
    this.#underWay.add(exchange);
    const { statusCode, headers, bytes } = await exchange.finally(() => this.#underWay.delete(exchange));
    if (call.isWrite && statusCode < 300) this.#options.applied?.(call, body.toString());
    if (fault.kind === "lose") return void response.destroy();
    if (fault.kind === "pass" && fault.delayMs !== undefined) await delay(fault.delayMs);
    response.writeHead(statusCode, headers).end(bytes);
  }

  async #watch(call: ApiCall, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { linesUntilDrop = Infinity, delayMs = 0, ...order } = this.#options.plan.watch(call);
    const answer = await this.#forward(request, Buffer.alloc(0));
    response.once("close", () => answer.destroy());
    response.writeHead(answer.statusCode ?? 500, headersOf(answer));
    response.flushHeaders();
    const sender = new LineSender(response, order);
    let count = 0;
    for await (const line of linesOf(answer)) {
      await delay(delayMs);
      sender.line(line);
      count += 1;
      // The line goes out, the end of the answer does not.
      if (count >= linesUntilDrop) return void response.socket?.end();
    }
    response.end();
  }

  async #exchange(request: IncomingMessage, body: Buffer) {
    const answer = await this.#forward(request, body);
    return { statusCode: answer.statusCode ?? 500, headers: headersOf(answer), bytes: await buffer(answer) };
  }

  async #forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { host: _host, ...headers } = request.headers;
    const target = new URL(request.url ?? "/", this.#options.target);
    const forwarded = httpRequest(target, { method: request.method ?? "GET", headers });
    forwarded.end(body);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    // Whoever reads it is told as well; without a reader, it would end this process.
    forwarded.on("error", () => answer.destroy());
    answer.on("error", () => undefined);
    return answer;
  }
}

function callOf({ method = "GET", url = "/" }: IncomingMessage): ApiCall {
  const [path = "", query = ""] = url.split("?", 2);
  return { method, path, isWatch: new URLSearchParams(query).get("watch") === "true", isWrite: method !== "GET" };
}

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding("utf8");
  let rest = "";
  for await (const chunk of answer) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

// What nothing follows is not held back for longer.
const HELD_BACK_MS = 20;

/** Writes the lines of a watch, twice or in another order where it is told to. */
class LineSender {
  readonly #response: ServerResponse;
  readonly #fault: WatchFault;
  #held: string | undefined;
  #count = 0;

  constructor(response: ServerResponse, fault: WatchFault) {
    this.#response = response;
    this.#fault = fault;
  }

  line(line: string): void {
    this.#count += 1;
    const { duplicate = false, swap = false } = this.#fault;
    if (swap && this.#held === undefined && this.#count % 3 === 0) return this.#hold(line);
    this.#write(line);
    if (duplicate) this.#write(line);
    this.#release();
  }

  #hold(line: string): void {
    this.#held = line;
    setTimeout(() => this.#release(), HELD_BACK_MS);
  }

  #release(): void {
    if (this.#held !== undefined) this.#write(this.#held);
    this.#held = undefined;
  }

  #write(line: string): void {
    if (!this.#response.destroyed) this.#response.write(`${line}\n`);
  }
}

/** What the API never gets to see. */
function stopsAtOnce(fault: Fault, response: ServerResponse, body: Buffer): boolean {
  if (fault.kind === "refuse") refuse(response, fault);
  else if (fault.kind === "answer") json(response, 201, fault.answer(body.toString()));
  else if (fault.kind === "lose" && fault.when === "before") response.destroy();
  else return false;
  return true;
}

function refuse(response: ServerResponse, { status, retryAfterS }: Extract<Fault, { kind: "refuse" }>): void {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    message: `a fault of the test: ${REASONS[status]}`,
    reason: REASONS[status],
    code: status,
  };
  if (retryAfterS !== undefined) response.setHeader("Retry-After", String(retryAfterS));
  json(response, status, body);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const type = headers["content-type"];
  return type === undefined ? {} : { "Content-Type": type };
}

function delay(durationMs: number): Promise<void> {
  return durationMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, durationMs));
}
