import type { IncomingMessage, ServerResponse } from "node:http";
import type { PluginHandler } from "./handler.ts";
import { readBody } from "./read-body.ts";
import { tooLarge } from "./response.ts";
import type { PluginResponse } from "./response.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** Where something before us has read it. */
  readonly body?: string | Uint8Array;
  /** Aborted when the server cannot wait any longer. */
  readonly stopping?: AbortSignal;
}

/** Hands a request of node:http to the handler and sends what it answers. Never rejects. */
export async function exchange(handle: PluginHandler, maxBodyBytes: number, parts: Exchange): Promise<void> {
  const { request, response, path, stopping } = parts;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the caller has gone away"));
  });
  try {
    const body = parts.body ?? (await readBody(request, maxBodyBytes));
    if (body === undefined) return send(response, tooLarge(maxBodyBytes));
    const signal = stopping === undefined ? gone.signal : AbortSignal.any([gone.signal, stopping]);
    const { method = "", headers } = request;
    send(response, await handle({ method, path, headers, body, signal }));
  } catch {
    response.destroy(); // the request broke off: there is nobody to answer to
  }
}

export function send(response: ServerResponse, { status, headers, body }: PluginResponse): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}
