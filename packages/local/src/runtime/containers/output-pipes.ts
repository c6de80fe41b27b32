// Pipes for what containers write. Node connects children by sockets, and /dev/stdout and /dev/stderr cannot be opened when they
// are sockets, which scripts do (`echo … >/dev/stderr`). Named pipes are pipes.
// Owns: a stock of named pipes in a folder. Invariant: each serves once, its name is gone as soon as both ends are open.
import { spawnSync } from "node:child_process";
import { constants, mkdirSync, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { SHELL } from "../sandbox/sandbox.ts";

export interface OutputPipe {
  readonly reader: Socket;
  /** For the child; to be closed here once it has it. */
  readonly writeFd: number;
}

const BATCH = 32;

export class OutputPipes {
  readonly #folder: string;
  #stock: string[] = [];
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder);
    this.#refill();
  }

  take(): OutputPipe {
    if (this.#stock.length === 0) this.#refill();
    const path = this.#stock.pop() ?? "";
    // The reader comes first, so that the writer does not wait for it. Only the reader's end must not block.
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeFd = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return { reader: new Socket({ fd: readFd, readable: true, writable: false }), writeFd };
  }

  // One call for many: starting a program takes longer than what it does here.
  #refill(): void {
    this.#stock = Array.from({ length: BATCH }, () => join(this.#folder, String(this.#count++)));
    const { error, stderr } = spawnSync(SHELL, ["-c", 'mkfifo -m 600 "$@"', "sh", ...this.#stock], {
      encoding: "utf8",
    });
    if (error !== undefined || stderr !== "") throw new Error(`cannot make pipes: ${error?.message ?? stderr}`);
  }
}
