// Other local clusters of this machine run pods on the same ports, and a port is not seen as taken until its program listens.
// Owns: this cluster's claims on ports, among the clusters of this machine.
// Does not own: who of this cluster's pods holds a port (ports.ts).
// Invariants:
//  L1 of all clusters on this machine at most one holds a port; what it held is free when its process is gone, however it went.
import { createServer } from "node:net";
import type { Server } from "node:net";

export class PortLocks {
  readonly #held = new Map<number, Server>();

  /** False where another cluster holds the port. Asking again for one that is held is harmless. */
  acquire(port: number): Promise<boolean> {
    // L1: only Linux has names that go with their process. Elsewhere clusters may meet on a port, and one pod says that it is in use.
    if (process.platform !== "linux" || this.#held.has(port)) return Promise.resolve(true);
    const server = createServer().unref();
    this.#held.set(port, server);
    return new Promise((resolve) => {
      server.once("error", () => {
        if (this.#held.get(port) === server) this.#held.delete(port);
        resolve(false);
      });
      server.listen(`\0outrigger-port-${port}`, () => resolve(true));
    });
  }

  release(port: number): void {
    this.#held.get(port)?.close();
    this.#held.delete(port);
  }
}
