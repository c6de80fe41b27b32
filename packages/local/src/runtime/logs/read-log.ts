import { closeSync, existsSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import type { LogFile } from "./log-file.ts";

export interface ReadLogOptions {
  /** Goes on until the container ends. */
  readonly follow?: boolean;
  /** Only the last lines of what is there. */
  readonly tailLines?: number;
  /** The run before the present one. */
  readonly previous?: boolean;
  /** Each line begins with its time. */
  readonly timestamps?: boolean;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
}

const readFrom = promisify(read);
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The log as `kubectl logs` shows it. */
export async function* readLog(log: LogFile, options: ReadLogOptions, nowMs: number): AsyncGenerator<Buffer> {
  let leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const entries of selectedEntries(log, options, sinceMs(options, nowMs))) {
    const text = Buffer.concat(entries.map((entry) => shown(entry, options.timestamps === true)));
    if (text.length > 0) yield text.subarray(0, Math.min(text.length, leftBytes));
    leftBytes -= text.length;
    if (leftBytes <= 0) return;
  }
}

function sinceMs({ sinceSeconds, sinceTime }: ReadLogOptions, nowMs: number): number {
  if (sinceSeconds !== undefined) return nowMs - sinceSeconds * 1_000;
  const time = sinceTime === undefined ? Number.NaN : Date.parse(sinceTime);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

async function* selectedEntries(
  log: LogFile,
  options: ReadLogOptions,
  since: number,
): AsyncGenerator<readonly Buffer[]> {
  const cursor = new LogCursor(log);
  try {
    const tail: Buffer[] = [];
    for (let entries = await cursor.next(); entries !== undefined; entries = await cursor.next()) {
      const selected = entries.filter((entry) => timeOf(entry) >= since);
      if (options.tailLines === undefined) yield selected;
      else tail.splice(0, Math.max(0, tail.push(...selected) - options.tailLines));
    }
    if (tail.length > 0) yield tail;
    if (options.follow !== true) return;
    while (await cursor.more(options.signal)) yield (await cursor.next()) ?? [];
  } finally {
    cursor.close();
  }
}

function timeOf(entry: Buffer): number {
  return Date.parse(entry.toString("latin1", 0, entry.indexOf(" ")));
}

// Without its head; the piece of an unfinished line also without the newline that closes the entry.
function shown(entry: Buffer, timestamps: boolean): Buffer {
  const time = entry.indexOf(" ") + 1;
  const flag = entry.indexOf(" ", time) + 1;
  const text = entry.subarray(flag + 2, entry[flag] === "P".charCodeAt(0) ? -1 : entry.length);
  return timestamps ? Buffer.concat([entry.subarray(0, time), text]) : text;
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** A place in a log that moves on over what is there, from the older file into the present one and into those to come. */
class LogCursor {
  readonly #log: LogFile;
  /** Files still to be read, the present one last. */
  readonly #fds: number[];
  #generation: number;
  #rest = Buffer.alloc(0);
  /** The log's version when it was last read. */
  #seen = 0;

  constructor(log: LogFile) {
    this.#log = log;
    // In one go: nothing is rotated in between.
    this.#fds = [log.olderPath, log.path].filter((path) => existsSync(path)).map((path) => openSync(path, "r"));
    this.#generation = log.generation;
  }

  /** Whole entries; undefined at the present end. */
  async next(): Promise<readonly Buffer[] | undefined> {
    for (;;) {
      const [fd] = this.#fds;
      if (fd === undefined) return undefined;
      this.#seen = this.#log.version;
      const { bytesRead, buffer } = await readFrom(fd, Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null);
      if (bytesRead > 0) return this.#split(buffer.subarray(0, bytesRead));
      if (!this.#advance()) return undefined;
    }
  }

  /** Waits until there is more to read; false when there never will be, or the reader has gone. */
  async more(signal: AbortSignal | undefined): Promise<boolean> {
    if (isAborted(signal)) return false;
    if (this.#seen !== this.#log.version) return true;
    if (this.#log.ended) return false;
    await new Promise<void>((resolve) => {
      const stop = this.#log.onChange(done);
      signal?.addEventListener("abort", done);
      function done(): void {
        stop();
        signal?.removeEventListener("abort", done);
        resolve();
      }
    });
    return !isAborted(signal);
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  #split(chunk: Buffer): readonly Buffer[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const entries: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      entries.push(bytes.subarray(start, end + 1));
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    return entries;
  }

  // At the end of a file: on to the next, if there is one.
  #advance(): boolean {
    if (this.#fds.length === 1 && this.#generation === this.#log.generation) return false;
    closeSync(this.#fds.shift() ?? -1);
    if (this.#fds.length > 0) return true;
    this.#generation += 1;
    // Rotated more than once meanwhile: what fell out in between is lost to everyone.
    const lost = this.#generation < this.#log.generation;
    this.#generation = this.#log.generation - (lost ? 1 : 0);
    this.#fds.push(openSync(lost ? this.#log.olderPath : this.#log.path, "r"));
    return true;
  }
}
