import type { Readable } from "node:stream";

// A client that is still sending does not read: what is too large is taken in and thrown away, up to here.
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** The body of a request; undefined if it is larger than that. Rejects if the client goes away. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > maxBytes + MAX_DISCARDED_BYTES) break;
  }
  return size <= maxBytes ? Buffer.concat(chunks) : undefined;
}
