// What one run of a container writes, line by line, in the format that container runtimes use on a node:
// `<RFC 3339 time> <stdout|stderr> <F|P> <text>`; P marks a piece whose line goes on.
// Owns: the file, and one older file that the limit on its size leaves behind. Does not own: how long it is kept (log-store.ts).
// Invariants:
//  L1 an entry of the file is one whole line: lines of the two streams interleave, their text does not;
//  L2 file and older file together stay below twice the limit.
import { closeSync, openSync, renameSync, writeSync } from "node:fs";

export type LogStream = "stdout" | "stderr";

export interface LogFileOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly now: () => number;
}

const NEWLINE = 0x0a;
const MAX_LINE_BYTES = 16 * 1024;

export class LogFile {
  readonly path: string;
  /** How many files came before the present one. */
  generation = 0;
  ended = false;
  /** Grows with each entry, so that a reader knows whether it has missed something. */
  version = 0;

  readonly #options: LogFileOptions;
  readonly #listeners = new Set<() => void>();
  readonly #unfinished: Record<LogStream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  #fd: number;
  #sizeBytes = 0;

  constructor(options: LogFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#fd = openSync(this.path, "ax", 0o600);
  }

  get olderPath(): string {
    return `${this.path}.1`;
  }

  write(stream: LogStream, chunk: Buffer): void {
    if (this.ended) return;
    let rest = Buffer.concat([this.#unfinished[stream], chunk]);
    const entries: Buffer[] = [];
    for (let length = lineLength(rest); length > 0; length = lineLength(rest)) {
      entries.push(this.#entry(stream, rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    this.#unfinished[stream] = Buffer.from(rest); // L1
    this.#store(entries);
  }

  /** A line of ours in the container's log. */
  note(text: string): void {
    this.write("stderr", Buffer.from(`outrigger: ${text}\n`));
  }

  end(): void {
    if (this.ended) return;
    const streams = ["stdout", "stderr"] as const;
    const rests = streams.filter((stream) => this.#unfinished[stream].length > 0);
    this.#store(rests.map((stream) => this.#entry(stream, this.#unfinished[stream])));
    this.ended = true;
    closeSync(this.#fd);
    this.#tell();
  }

  /** Calls `listener` whenever there is more to read, or nothing more to come. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #entry(stream: LogStream, line: Buffer): Buffer {
    const whole = line.at(-1) === NEWLINE;
    const head = `${new Date(this.#options.now()).toISOString()} ${stream} ${whole ? "F" : "P"} `;
    return Buffer.concat([Buffer.from(head), line, Buffer.from(whole ? "" : "\n")]);
  }

  // Written at once: nothing is lost when this process is killed, and readers see lines in their order.
  #store(entries: readonly Buffer[]): void {
    if (entries.length === 0) return;
    const bytes = Buffer.concat(entries);
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#options.maxBytes) this.#rotate(); // L2
    writeSync(this.#fd, bytes);
    this.#sizeBytes += bytes.length;
    this.version += 1;
    this.#tell();
  }

  #rotate(): void {
    closeSync(this.#fd);
    renameSync(this.path, this.olderPath);
    this.#fd = openSync(this.path, "ax", 0o600);
    this.#sizeBytes = 0;
    this.generation += 1;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Length of the first line, its newline included; 0 if there is no whole line and what there is may still wait. */
function lineLength(bytes: Buffer): number {
  const end = bytes.indexOf(NEWLINE) + 1;
  if (end > 0 && end <= MAX_LINE_BYTES) return end;
  return bytes.length >= MAX_LINE_BYTES ? MAX_LINE_BYTES : 0;
}
