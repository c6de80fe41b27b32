import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { METHOD_CANCEL, METHOD_EXECUTE, METHOD_INFO, isJsonObject, methodPath } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { Step } from "../case.ts";

/** How a scripted plugin answers a call. */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: JsonValue;
      /** How long it takes. */
      readonly afterMs?: number;
    }
  /** 200 with this body, as it is. */
  | { readonly text: string }
  /** These bytes, whatever HTTP says; then the connection is closed. */
  | { readonly bytes: string }
  /** Closes the connection without a word. */
  | "drop"
  /** Nothing, for as long as the caller waits. */
  | "silence";

/** A call, as it came in. */
export interface SeenCall {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty if there is no JSON object. */
  readonly body: JsonObject;
  readonly atMs: number;
  /** When the caller has closed the connection before it was answered. */
  hungUpAtMs: number | undefined;
}

export type Script = (call: SeenCall, index: number) => Answer;

export interface ScriptedPluginOptions {
  readonly script: Script;
  /** Without it, the plugin has no `template.cancel`. */
  readonly cancel?: Answer | undefined;
  /** Without it, the plugin has no `plugin.info`. */
  readonly info?: JsonObject | undefined;
  /** Default: any that is free. */
  readonly port?: number | undefined;
}

const LACKING: Answer = { status: 404 };
const MAX_SHOWN_CHARACTERS = 500;

/** A plugin that answers what it is told to, and records what it was sent. */
export class ScriptedPlugin {
  readonly steps: Step[] = [];
  /** Calls of `template.execute`. */
  readonly executed: SeenCall[] = [];
  readonly cancelled: SeenCall[] = [];
  mostAtOnce = 0;
  readonly #options: ScriptedPluginOptions;
  readonly #server: Server;
  #underWay = 0;

  private constructor(options: ScriptedPluginOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response).catch(() => {}));
  }

  static async start(options: ScriptedPluginOptions): Promise<ScriptedPlugin> {
    const plugin = new ScriptedPlugin(options);
    plugin.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(plugin.#server, "listening");
    return plugin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method: httpMethod = "", url: path = "", headers } = request;
    const text = await textOf(request);
    const call: SeenCall = {
      httpMethod,
      path,
      headers,
      text,
      body: objectOf(text),
      atMs: Date.now(),
      hungUpAtMs: undefined,
    };
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.#underWay += 1));
    response.once("close", () => {
      this.#underWay -= 1;
      if (!response.writableFinished) call.hungUpAtMs = Date.now();
    });
    const answer = this.#answerTo(call);
    const shown = typeof answer === "string" ? answer : JSON.stringify(answer);
    this.steps.push({ sent: `${httpMethod} ${path} ${text.slice(0, MAX_SHOWN_CHARACTERS)}`.trim(), came: shown });
    give(answer, response);
  }

  #answerTo(call: SeenCall): Answer {
    const { script, cancel, info } = this.#options;
    const methods: Readonly<Record<string, () => Answer>> = {
      [methodPath(METHOD_EXECUTE)]: () => script(call, this.executed.push(call) - 1),
      [methodPath(METHOD_CANCEL)]: () => (this.cancelled.push(call), cancel ?? LACKING),
      [methodPath(METHOD_INFO)]: () => (info === undefined ? LACKING : { body: info }),
    };
    return (Object.hasOwn(methods, call.path) ? methods[call.path]?.() : undefined) ?? LACKING;
  }
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === "silence") return;
  if (answer === "drop") return void response.destroy();
  if ("bytes" in answer) return void response.socket?.end(answer.bytes);
  if ("text" in answer) return void response.end(answer.text);
  const { status = 200, headers = {}, body, afterMs } = answer;
  const end = (): unknown => response.writeHead(status, headers).end(body === undefined ? "" : JSON.stringify(body));
  if (afterMs === undefined) end();
  else setTimeout(end, afterMs);
}

function objectOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
