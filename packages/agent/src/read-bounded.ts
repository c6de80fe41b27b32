import type { IncomingMessage } from "node:http";

export interface BoundedText {
  readonly text: string;
  /** There was more. */
  readonly tooLarge: boolean;
}

/** Reads the body of an answer, up to a bound. */
export async function readBounded(answer: IncomingMessage, maxBytes: number): Promise<BoundedText> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break; // which closes the connection
  }
  return { text: Buffer.concat(chunks).subarray(0, maxBytes).toString("utf8"), tooLarge: size > maxBytes };
}
