import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { createGzip } from "node:zlib";

/** What a registry would keep of it, and a node pull. */
export async function compressedBytes(archive: string): Promise<number> {
  let bytes = 0;
  const count = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      done();
    },
  });
  await pipeline(createReadStream(archive), createGzip(), count);
  return bytes;
}
