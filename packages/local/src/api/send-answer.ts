import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Answer, StreamAnswer } from "./answer.ts";

export interface SendOptions {
  readonly warnings: readonly string[];
  readonly stopping: AbortSignal;
}

/** Writes an answer. A client that left is no error. */
export async function sendAnswer(outgoing: ServerResponse, answer: Answer, options: SendOptions): Promise<void> {
  for (const warning of options.warnings) {
    outgoing.appendHeader("warning", `299 - ${JSON.stringify(warning)}`);
  }
  outgoing.setHeader("cache-control", "no-cache, private");
  outgoing.setHeader("content-type", answer.contentType);
  if ("stream" in answer) return sendStream(outgoing, answer, options.stopping);
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value);
  outgoing.setHeader("content-length", Buffer.byteLength(answer.body));
  outgoing.writeHead(answer.status);
  outgoing.end(outgoing.req.method === "HEAD" ? undefined : answer.body);
}

async function sendStream(outgoing: ServerResponse, answer: StreamAnswer, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  outgoing.once("close", leave);
  stopping.addEventListener("abort", leave, { once: true });
  outgoing.writeHead(answer.status);
  outgoing.flushHeaders();
  try {
    await answer.stream({
      write: (chunk) => gone.signal.aborted || outgoing.write(chunk),
      drained: () => drained(outgoing, gone.signal),
      signal: gone.signal,
    });
    outgoing.end();
  } catch {
    // The headers are out, so all that can be said is that the answer is not complete.
    outgoing.destroy();
  } finally {
    stopping.removeEventListener("abort", leave);
  }
}

async function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted || !outgoing.writableNeedDrain) return;
  await once(outgoing, "drain", { signal }).catch(() => undefined);
}
