// All pods share the machine's loopback interface.
// Owns: who holds which port. Does not own: who waits for one, and in which order (process-runtime.ts).
// Invariants:
//  P1 a port has at most one holder;
//  P2 a pod gets all the ports it asks for, or none.
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";

export interface PortClaim<Holder> {
  readonly port: number;
  readonly holder: Holder;
}

export class PortLedger<Holder> {
  readonly #holders = new Map<number, Holder>();

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

  /** The wished port if it is free of pods and of other programs, else any free one. */
  async claimMovable({ port: wished, holder }: PortClaim<Holder>): Promise<number> {
    for (let port = wished; ; port = await anyFreePort()) {
      // P1: claimed before the machine is asked, which takes time.
      if (this.claim([{ port, holder }]) !== undefined) continue;
      if (!(await isListening(port))) return port;
      this.#holders.delete(port);
    }
  }

  release(isMine: (holder: Holder) => boolean): void {
    for (const [port, holder] of this.#holders) if (isMine(holder)) this.#holders.delete(port);
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

/** What to dial for an address of this pod: `http://localhost:4355/x` may have become `http://127.0.0.1:40123/x`. Pure. */
export function movedAddress(address: string, moved: ReadonlyMap<number, number>): string {
  return address.replace(LOCAL_ADDRESS, (whole: string, scheme: string, port: string) => {
    const real = moved.get(Number(port));
    return real === undefined ? whole : `${scheme}127.0.0.1:${real}`;
  });
}
