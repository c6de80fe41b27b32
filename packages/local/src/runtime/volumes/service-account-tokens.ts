// Owns: the tokens of one pod's projected volumes, and when they are renewed. Does not own: the files they stand in.
import { sleep } from "@outrigger/kube";
import type { Clock } from "@outrigger/kube";
import type { PodApi, PodRef, ServiceAccountToken } from "../pod-api.ts";
import type { TokenFile } from "../spec/volume-spec.ts";

const DEFAULT_EXPIRATION_SECONDS = 3_600;
/** A token is renewed when this much of its time is over: a kubelet's rule. */
const RENEW_AFTER = 0.8;
const RETRY_MS = 10_000;

export interface TokensOptions {
  readonly api: PodApi;
  readonly clock: Clock;
  readonly pod: PodRef;
  readonly serviceAccountName: string;
  /** Ends the renewals. */
  readonly signal: AbortSignal;
  readonly onRenewed: () => void;
  /** A renewal failed; it will be tried again, and the old token still serves. */
  readonly onFailure: (error: unknown) => void;
}

export class ServiceAccountTokens {
  readonly #options: TokensOptions;
  readonly #tokens = new Map<TokenFile, string>();

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  get(source: TokenFile): string | undefined {
    return this.#tokens.get(source);
  }

  /** Has a token issued, and renewed from then on. */
  async keep(source: TokenFile): Promise<void> {
    if (this.#tokens.has(source)) return;
    void this.#renew(source, await this.#issue(source));
  }

  async #issue(source: TokenFile): Promise<ServiceAccountToken> {
    const { api, pod, serviceAccountName } = this.#options;
    const issued = await api.issueToken({
      pod,
      serviceAccountName,
      audiences: source.audience === undefined || source.audience === "" ? [] : [source.audience],
      expirationSeconds: source.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS,
    });
    this.#tokens.set(source, issued.token);
    return issued;
  }

  async #renew(source: TokenFile, first: ServiceAccountToken): Promise<void> {
    const { clock, signal, onRenewed, onFailure } = this.#options;
    let waitMs = (first.expiresAtMs - clock.now()) * RENEW_AFTER;
    while (await slept(clock, waitMs, signal)) {
      try {
        const issued = await this.#issue(source);
        waitMs = (issued.expiresAtMs - clock.now()) * RENEW_AFTER;
        onRenewed();
      } catch (error) {
        onFailure(error);
        waitMs = RETRY_MS;
      }
    }
  }
}

async function slept(clock: Clock, durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(clock, Math.max(durationMs, 1_000), signal);
    return true;
  } catch {
    return false;
  }
}
