import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { at } from "../../support/scripted-plugin.ts";
import type { Journal } from "./journal.ts";

/** What a step asks of the plugin, below its key. */
export interface Wanted {
  /** Answers Running so often before the end. */
  readonly polls?: number;
  /** When to ask again. */
  readonly requeue?: string;
  /** Attempts that fail. */
  readonly failFirst?: number;
  readonly delayMs?: number;
  readonly result?: string;
}

/** What goes wrong with a call. */
export type CallFault = "none" | "drop before" | "drop after" | "503";

export interface FaultyPluginOptions {
  readonly journal: Journal;
  readonly fault: (nodeId: string) => CallFault;
}

/** A plugin that does what steps ask for, writes down every call that reaches it, and fails as it is told to. */
export class FaultyPlugin {
  readonly journal: Journal;
  url = "";
  readonly #options: FaultyPluginOptions;
  readonly #server: Server;

  private constructor(options: FaultyPluginOptions) {
    this.journal = options.journal;
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy()); // the caller went away
    });
  }

  static async start(options: FaultyPluginOptions): Promise<FaultyPlugin> {
    const plugin = new FaultyPlugin(options);
    plugin.#server.listen(0, "127.0.0.1");
    await once(plugin.#server, "listening");
    plugin.url = `http://127.0.0.1:${(plugin.#server.address() as AddressInfo).port}`;
    return plugin;
  }

  /** As after a crash: the same address, nothing remembered. */
  async start(): Promise<void> {
    this.#server.listen(Number(new URL(this.url).port), "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? "").replace("/api/v1/", "");
    const body = JSON.parse((await text(request)) || "{}") as JsonObject;
    if (method !== "template.execute") return void response.writeHead(404).end();
    const call = callOf(body, request.headers);
    const fault = this.#options.fault(call.nodeId);
    // Cut off before the plugin knows of it, or not even taken: no call, as far as the plugin is concerned.
    if (fault === "drop before") return void request.socket.destroy();
    if (fault === "503") return void response.writeHead(503, { "Retry-After": "0" }).end();
    this.journal.add({ kind: "called", ...call, isPoll: isJsonObject(body["state"]) });
    const wanted = { ...NOTHING_SPECIAL, ...(at(body, "template", "plugin", call.plugin) as Wanted | undefined) };
    if (wanted.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, wanted.delayMs));
    if (fault === "drop after") return void request.socket.destroy();
    const polled = at(body, "state", "polled");
    const answer = answerTo(wanted, call.attempt, typeof polled === "number" ? polled : 0);
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  }
}

const NOTHING_SPECIAL: Required<Wanted> = { polls: 0, requeue: "50ms", failFirst: 0, delayMs: 0, result: "" };

interface Call {
  readonly nodeId: string;
  readonly attempt: number;
  readonly plugin: string;
  readonly idempotencyKey: string;
}

function callOf(body: JsonObject, headers: IncomingHttpHeaders): Call {
  const [plugin = ""] = Object.keys(at(body, "template", "plugin") ?? {});
  const { id = "", attempt = 0 } = at(body, "node") as { readonly id?: string; readonly attempt?: number };
  return { nodeId: id, attempt, plugin, idempotencyKey: headers["idempotency-key"]?.toString() ?? "" };
}

function answerTo({ polls, requeue, failFirst, result }: Required<Wanted>, attempt: number, polled: number): JsonValue {
  if (polled < polls) {
    const state = { polled: polled + 1 };
    return { node: { phase: "Running", message: `polled ${polled}` }, requeue, state };
  }
  if (attempt < failFirst) return { node: { phase: "Failed", message: `failed on attempt ${attempt}` } };
  return { node: { phase: "Succeeded", outputs: { result } } };
}
