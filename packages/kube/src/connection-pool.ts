import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { TlsSettings } from "./connection.ts";

export interface PoolOptions {
  /** Connections for calls that end by themselves; further calls wait. */
  readonly maxSockets: number;
  /** An unused connection is closed after this long: before the server does it (Kubernetes: 90 s). */
  readonly idleSocketMs: number;
}

/** What a request is for: `call` ends by itself, `stream` (a watch, a log that is followed) stays open. */
export type Lane = "call" | "stream";

type Lanes = Readonly<Record<Lane, HttpAgent>>;

const TCP_KEEP_ALIVE_MS = 30_000; // a peer that vanished is noticed within a minute, on an idle watch too

/**
 * The connections to one server.
 *
 * Owns: the sockets. Does not own: requests, credentials.
 * 1. Connections are kept and used again, for as long as the TLS settings stay the same.
 * 2. Calls share a bounded number of sockets; streams are not counted, so that open watches never starve calls.
 * 3. When the TLS settings change (a renewed certificate), new requests get new connections; those under way end undisturbed.
 */
export class ConnectionPool {
  readonly #secure: boolean;
  readonly #options: PoolOptions;
  #tls: TlsSettings | undefined;
  #lanes: Lanes | undefined;

  constructor(server: URL, options: PoolOptions) {
    this.#secure = server.protocol === "https:";
    this.#options = options;
  }

  agent(tls: TlsSettings, lane: Lane): HttpAgent {
    if (this.#lanes === undefined || this.#tls !== tls) {
      this.#retire();
      this.#tls = tls;
      this.#lanes = { call: this.#open(this.#options.maxSockets), stream: this.#open(Infinity) };
    }
    return this.#lanes[lane];
  }

  /** Closes every connection, also one that is still being made for a call that has been given up. */
  close(): void {
    this.#retire();
    for (const agent of Object.values(this.#lanes ?? {})) agent.destroy();
    this.#lanes = undefined;
  }

  #open(maxSockets: number): HttpAgent {
    const options = {
      keepAlive: true,
      keepAliveMsecs: TCP_KEEP_ALIVE_MS,
      maxSockets,
      scheduling: "lifo",
      timeout: this.#options.idleSocketMs, // closes a socket only while it is unused
    } as const;
    return this.#secure ? new HttpsAgent({ ...options, ...this.#tls }) : new HttpAgent(options);
  }

  #retire(): void {
    for (const agent of Object.values(this.#lanes ?? {})) {
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    }
  }
}
