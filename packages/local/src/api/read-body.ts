import type { IncomingMessage } from "node:http";
import { tooLarge } from "../errors/refusals.ts";

const LIMIT_BYTES = 3 * 1024 * 1024;
/** Beyond it nobody is listened to any longer. */
const PATIENCE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a body within bounds. What is too large is read to its end all the same, and dropped: a client that is still writing would not
 * see the refusal.
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LIMIT_BYTES) chunks.push(chunk);
      else if (size > PATIENCE_BYTES) incoming.destroy();
    });
    incoming.once("end", () => {
      if (size > LIMIT_BYTES) reject(tooLarge(`limit is ${LIMIT_BYTES}`));
      else resolve(Buffer.concat(chunks));
    });
    incoming.once("error", reject);
    incoming.once("close", () => reject(new Error("the client left before its request was complete")));
  });
}
