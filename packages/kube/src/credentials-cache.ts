import { isDeepStrictEqual } from "node:util";
import type { Clock } from "./clock.ts";
import type { Credentials } from "./connection.ts";

// A new token is taken up this soon; the old one stays valid for minutes.
const MAX_AGE_MS = 5_000;

/**
 * Keeps credentials for a few seconds, then loads them again.
 *
 * 1. They are never loaded twice at once: a plugin that asks for a password asks once.
 * 2. `tls` stays the same object while nothing in it changes, so that connections are kept.
 * 3. A failure is not kept: the next call tries again.
 */
export class CredentialsCache {
  readonly #clock: Clock;
  readonly #load: () => Promise<Credentials>;
  #loading: Promise<Credentials> | undefined;
  #loaded: { readonly credentials: Credentials; readonly atMs: number } | undefined;

  constructor(clock: Clock, load: () => Promise<Credentials>) {
    this.#clock = clock;
    this.#load = load;
  }

  get(): Promise<Credentials> {
    const fresh = this.#loaded !== undefined && this.#clock.now() - this.#loaded.atMs < MAX_AGE_MS;
    if (fresh && this.#loaded !== undefined) return Promise.resolve(this.#loaded.credentials);
    this.#loading ??= this.#refresh().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #refresh(): Promise<Credentials> {
    const next = await this.#load();
    const tls = this.#loaded?.credentials.tls;
    const credentials = tls !== undefined && isDeepStrictEqual(tls, next.tls) ? { ...next, tls } : next;
    this.#loaded = { credentials, atMs: this.#clock.now() };
    return credentials;
  }
}
