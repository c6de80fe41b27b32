import { connect } from "node:net";
import { sleep } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import { ipv4First } from "./plugin-client.ts";

export interface StartGateOptions {
  /** Asked at each probe. */
  readonly target: () => { readonly host: string; readonly port: number };
  /** How long to wait. */
  readonly allowanceMs: number;
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 500;
const CONNECT_TIMEOUT_MS = 1_000;

/** Waits for a plugin to listen: a container may take a while to start. All who wait share the probes. */
export class StartGate {
  readonly #options: StartGateOptions;
  #waiting: Promise<boolean> | undefined;

  constructor(options: StartGateOptions) {
    this.#options = options;
  }

  /** True as soon as the plugin listens, false when the allowance is used up; rejects when the signal is aborted. */
  wait(): Promise<boolean> {
    if (this.#waiting === undefined) {
      this.#waiting = this.#probeUntilUp().finally(() => (this.#waiting = undefined));
      this.#waiting.catch(() => {}); // all who waited may have gone
    }
    return this.#waiting;
  }

  async #probeUntilUp(): Promise<boolean> {
    const { clock, allowanceMs, signal, target } = this.#options;
    const endMs = clock.now() + allowanceMs;
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await sleep(clock, delayMs, signal);
      if (await listens(target())) return true;
      if (clock.now() >= endMs) return false;
    }
  }
}

function listens({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, lookup: ipv4First, timeout: CONNECT_TIMEOUT_MS });
  const settle = (up: boolean): void => {
    socket.destroy();
    resolve(up);
  };
  socket.once("connect", () => settle(true));
  socket.once("timeout", () => settle(false));
  socket.once("error", () => settle(false));
  return promise;
}
