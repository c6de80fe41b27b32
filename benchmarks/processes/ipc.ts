// Questions and answers between the benchmark and the processes that it starts.
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";

interface Message {
  readonly id: number;
  readonly value: unknown;
}

/** In a process: takes requests, and ends with the one who started it. */
export function onRequest(handle: (value: unknown) => unknown): void {
  for (const end of ["disconnect", "SIGTERM"]) process.once(end, () => process.exit(0));
  process.on("message", (message) => {
    const { id, value } = message as Message;
    void Promise.resolve(handle(value)).then((result) => answer(id, result));
  });
}

/** Answers a request; as number 0, says that the process is ready. */
export function answer(id: number, value: unknown): void {
  if (process.connected) process.send?.({ id, value } satisfies Message);
}

/** A process that was started, from outside. */
export class Peer {
  readonly child: ChildProcess;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  readonly #ready = Promise.withResolvers<unknown>();
  #lastId = 0;
  #stopping = false;

  constructor(child: ChildProcess) {
    this.child = child;
    this.#waiting.set(0, this.#ready.resolve);
    child.on("message", (message) => {
      const { id, value } = message as Message;
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    });
    child.once("exit", (code) => {
      if (!this.#stopping) throw new Error(`${child.spawnargs.join(" ")} ended early, with code ${code}`);
    });
  }

  ready(): Promise<unknown> {
    return this.#ready.promise;
  }

  ask(value: unknown): Promise<unknown> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.send({ id, value } satisfies Message);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const exited = once(this.child, "exit");
    this.child.disconnect();
    this.child.kill("SIGTERM");
    await exited;
  }
}
