// All pods share the machine's loopback interface.
// Owns: who holds which port. Does not own: who waits for one, and in which order (process-runtime.ts).
// Invariants:
//  P1 a port has at most one holder;
//  P2 a pod gets all the ports it asks for, or none.
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { PortLocks } from "./port-locks.ts";

export interface PortClaim<Holder> {
  readonly port: number;
  readonly holder: Holder;
}

export class PortLedger<Holder> {
  readonly #holders = new Map<number, Holder>();
  readonly #locks: PortLocks;

  constructor(locks: PortLocks) {
    this.#locks = locks;
  }

  /** Answers who stands in the way, or nothing when all the ports are given. */
  claim(wanted: readonly PortClaim<Holder>[]): PortClaim<Holder> | undefined {
    const taken = new Map(this.#holders);
    for (const { port, holder } of wanted) {
      const other = taken.get(port);
      if (other !== undefined) return { port, holder: other }; // P1, P2
      taken.set(port, holder);
    }
    for (const { port, holder } of wanted) this.#holders.set(port, holder);
    return undefined;
  }

  /** The wished port if it is free of pods, of other clusters and of other programs, else any free one. */
  async claimMovable({ port: wished, holder }: PortClaim<Holder>): Promise<number> {
    for (let port = wished; ; port = await anyFreePort()) {
      // P1: claimed before the machine is asked, which takes time.
      if (this.claim([{ port, holder }]) !== undefined) continue;
      if ((await this.#locks.acquire(port)) && !(await isListening(port))) return port;
      this.#locks.release(port);
      this.#holders.delete(port);
    }
  }

  release(isMine: (holder: Holder) => boolean): void {
    for (const [port, holder] of this.#holders) {
      if (!isMine(holder)) continue;
      this.#holders.delete(port);
      this.#locks.release(port);
    }
  }
}

/** Whether some program on this machine answers on the port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (listening: boolean) => (): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
    // A full backlog answers nothing; someone is there all the same.
    socket.setTimeout(500, answer(true));
  });
}

function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const LOCAL_ADDRESS = /^([a-z][a-z+.-]*:\/\/)(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)(?=$|[/?#])/i;

// Nothing ever listens there.
const NOWHERE = "127.0.0.1:0";

export interface PodPorts {
  /** Declared port → the one in use, for ports that were moved. */
  readonly moved: ReadonlyMap<number, number>;
  /** Whether the container that declares this port runs; true for a port that none declares. */
  readonly isServed: (port: number) => boolean;
}

/**
 * What to dial for an address of this pod: `http://localhost:4355/x` may have become `http://127.0.0.1:40123/x`. While the container
 * of that port does not run it leads nowhere: someone else's program may listen on this machine's port. Pure.
 */
export function podAddress(address: string, { moved, isServed }: PodPorts): string {
  return address.replace(LOCAL_ADDRESS, (whole: string, scheme: string, text: string) => {
    const port = Number(text);
    if (!isServed(port)) return `${scheme}${NOWHERE}`;
    const real = moved.get(port);
    return real === undefined ? whole : `${scheme}127.0.0.1:${real}`;
  });
}
