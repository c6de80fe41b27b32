import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import type { PluginSubject } from "@outrigger/conformance";

export const TOKEN = "token-of-the-test";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, if it is a JSON object. */
  readonly body: JsonObject | undefined;
  /** How many requests are under way, this one included. */
  readonly underWay: number;
}

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  /** Nothing at all: the connection is closed. */
  readonly drop?: boolean;
  readonly delayMs?: number;
  readonly body?: unknown;
  /** In place of `body`. */
  readonly text?: string;
}

export type Behave = (request: Received) => Answer;

/** A plugin as it should be, as a function: polled once before it is done, with all extensions. */
export const behave: Behave = (request) => {
  const { method, path, headers, body, text } = request;
  if (path === "/healthz") return { text: "ok", type: "text/plain" };
  if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 403 };
  if (path === "/api/v1/plugin.info")
    return { body: { keys: ["it"], methods: ["template.execute", "template.cancel"] } };
  if (!["/api/v1/template.execute", "/api/v1/template.cancel"].includes(path)) return { status: 404 };
  if (method !== "POST") return { status: 405 };
  if (body === undefined) return { status: 400, text: `no JSON object: ${text.slice(0, 20)}` };
  if (!isOwn(body)) return { body: {} };
  if (path.endsWith("cancel")) return { body: { node: { phase: "Failed", message: "stopped" } } };
  return { body: body["state"] === undefined ? STARTED : DONE };
};

const OUTPUTS = { parameters: [{ name: "n", value: "1" }], result: "one" };
export const STARTED = {
  node: { phase: "Running", message: "started", progress: "1/2", outputs: OUTPUTS },
  requeue: "1ms",
  state: { job: 7 },
};
const DONE = { node: { phase: "Succeeded", message: "done" } };

export function isOwn(body: JsonObject | undefined): boolean {
  const template = body?.["template"];
  const plugin = isJsonObject(template) ? template["plugin"] : undefined;
  return isJsonObject(plugin) && "it" in plugin;
}

/** Serves whatever behaviour it is given; one server for all of them. */
export class ExamplePlugin {
  behave: Behave = behave;
  readonly #server: Server;
  #underWay = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#underWay += 1;
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => void this.#answer(request, chunks, response));
    });
  }

  static async start(): Promise<ExamplePlugin> {
    const plugin = new ExamplePlugin();
    plugin.#server.listen(0, "127.0.0.1");
    await once(plugin.#server, "listening");
    return plugin;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  get subject(): PluginSubject {
    return {
      url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      token: TOKEN,
      template: { name: "main", inputs: {}, outputs: {}, metadata: {}, plugin: { it: {} } },
      callTimeoutMs: 10_000,
    };
  }

  async #answer(request: IncomingMessage, chunks: readonly Buffer[], response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const text = Buffer.concat(chunks).toString();
    const received = { method, path, headers, text, body: objectOf(text), underWay: this.#underWay };
    const { status = 200, type = "application/json", drop = false, delayMs, body, text: raw } = this.behave(received);
    if (delayMs !== undefined) await setTimeout(delayMs);
    this.#underWay -= 1; // before the caller knows, who may call again at once
    if (drop) return void response.destroy();
    response.writeHead(status, { "Content-Type": type }).end(raw ?? (body === undefined ? "" : JSON.stringify(body)));
  }
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
