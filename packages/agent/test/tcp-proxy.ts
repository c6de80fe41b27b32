import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A network between client and server, which a test can break. */
export class TcpProxy {
  #down = false;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#connect(socket));
  readonly #targetPort: number;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    onTestFinished(async () => {
      proxy.drop();
      await new Promise((resolve) => proxy.#server.close(resolve));
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** While it is down, new connections break at once. */
  setDown(down: boolean): void {
    this.#down = down;
    if (down) this.drop();
  }

  #connect(socket: Socket): void {
    if (this.#down) return void socket.destroy();
    const target = connect(this.#targetPort, "127.0.0.1");
    for (const [from, to] of [
      [socket, target],
      [target, socket],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => {});
      from.once("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
