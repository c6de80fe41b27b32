import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { ExecuteRequest } from "@outrigger/types";

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** The body, if there is one. */
  readonly body: ExecuteRequest & { readonly reason?: string };
}

export type Script = (call: SeenCall, response: ServerResponse) => void;

/** A plugin that does what the test tells it to, over real HTTP. Knows template.execute only, if it is not told more. */
export class ScriptedPlugin {
  /** What to answer to template.execute; may be changed at any time. */
  script: Script;
  /** What to answer to plugin.info; without it, the method is not there. */
  info: object | undefined;
  /** What to answer to template.cancel; without it, the method is not there. */
  cancel: Script | undefined;
  /** Calls of template.execute. */
  readonly calls: SeenCall[] = [];
  /** Calls of template.cancel. */
  readonly cancels: SeenCall[] = [];
  /** All other requests. */
  readonly otherRequests: SeenCall[] = [];
  readonly #server: Server;

  private constructor(script: Script) {
    this.script = script;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const { method = "", url: path = "", headers, rawHeaders } = request;
        const body = (text === "" ? undefined : JSON.parse(text)) as SeenCall["body"];
        this.#answer({ method, path, headers, rawHeaders, text, body }, response);
      });
    });
  }

  static async start(script: Script, port = 0, host = "127.0.0.1"): Promise<ScriptedPlugin> {
    const plugin = new ScriptedPlugin(script);
    plugin.#server.listen(port, host);
    await once(plugin.#server, "listening");
    onTestFinished(() => plugin.stop());
    return plugin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(call: SeenCall, response: ServerResponse): void {
    if (call.path === "/api/v1/template.execute") {
      this.calls.push(call);
      this.script(call, response);
    } else if (call.path === "/api/v1/template.cancel") {
      this.cancels.push(call);
      (this.cancel ?? status(404))(call, response);
    } else {
      this.otherRequests.push(call);
      if (this.info === undefined || call.path !== "/api/v1/plugin.info") response.writeHead(404).end();
      else response.end(JSON.stringify(this.info));
    }
  }
}

/** Answers 200 with this as JSON. */
export function reply(body: unknown): Script {
  return (_call, response) => void response.writeHead(200).end(JSON.stringify(body));
}

export function succeed(message = "ok"): Script {
  return reply({ node: { phase: "Succeeded", message } });
}

export function status(code: number, text = ""): Script {
  return (_call, response) => void response.writeHead(code).end(text);
}

/** Each call gets the next script; the last one stays. */
export function inTurn(...scripts: readonly Script[]): Script {
  const rest = [...scripts];
  return (call, response) => (rest.length > 1 ? rest.shift() : rest[0])?.(call, response);
}

/** A server that writes raw bytes once a request has come in completely; for what no HTTP library would send. */
export async function rawServer(
  answer: (socket: Socket, request: string) => void,
  host = "127.0.0.1",
): Promise<string> {
  const sockets = new Set<Socket>();
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket);
    let request = "";
    socket.on("error", () => {}); // the agent may break the connection off
    socket.on("data", (chunk) => {
      request += chunk.toString();
      const [head = "", body] = request.split("\r\n\r\n", 2);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body !== undefined && Buffer.byteLength(body) >= length) answer(socket, request);
    });
  }).listen(0, host);
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** A port on which nobody listens, for a while. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
