import { SECRETS, hasReason } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import type { IssuedToken } from "@outrigger/engine";
import type { KubeObject } from "@outrigger/types";

/** On a Secret with a token that we had issued: when that token began, and when it ends. */
export const ANNOTATION_TOKEN_ISSUED_AT = "outrigger.dev/token-issued-at";
export const ANNOTATION_TOKEN_EXPIRES_AT = "outrigger.dev/token-expires-at";

// Long enough for a burst of Workflows to ask once, short enough for a Secret that someone has just made to be found soon.
const REMEMBERED_MS = 15_000;

export interface KnownSecrets {
  readonly existing: ReadonlySet<string>;
  readonly issuedTokens: readonly IssuedToken[];
}

export type TokenTimes = Omit<IssuedToken, "secretName">;

interface Fact {
  readonly exists: boolean;
  /** Undefined where the Secret holds no token of ours. */
  readonly token: TokenTimes | undefined;
  readonly readAtMs: number;
}

/**
 * Which Secrets there are, by name; never what is in them.
 *
 * Owns: a short memory of what was asked. There is no watch: a controller should not be able to read all Secrets of a cluster.
 * 1. A fact is at most REMEMBERED_MS old; what we wrote ourselves is known at once.
 */
export class SecretFacts {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #facts = new Map<string, Fact>();

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async lookUp(namespace: string, names: readonly string[]): Promise<KnownSecrets> {
    const facts = await Promise.all(names.map(async (name) => ({ name, ...(await this.#fact(namespace, name)) })));
    return {
      existing: new Set(facts.filter((fact) => fact.exists).map((fact) => fact.name)),
      issuedTokens: facts.flatMap(({ name, token }) => (token === undefined ? [] : [{ secretName: name, ...token }])),
    };
  }

  /** A token was issued into this Secret. */
  note(namespace: string, name: string, token: TokenTimes): void {
    this.#remember(`${namespace}/${name}`, { exists: true, token });
  }

  async #fact(namespace: string, name: string): Promise<Fact> {
    const key = `${namespace}/${name}`;
    const known = this.#facts.get(key);
    if (known !== undefined && this.#clock.now() - known.readAtMs < REMEMBERED_MS) return known;
    try {
      const secret = await this.#client.get(SECRETS, { namespace, name });
      return this.#remember(key, { exists: true, token: readTokenTimes(secret) });
    } catch (error) {
      if (!hasReason(error, "NotFound")) throw error;
      return this.#remember(key, { exists: false, token: undefined });
    }
  }

  #remember(key: string, fact: Omit<Fact, "readAtMs">): Fact {
    const readAtMs = this.#clock.now();
    for (const [old, { readAtMs: readBefore }] of this.#facts) {
      if (readAtMs - readBefore < REMEMBERED_MS) break; // in order of insertion: the rest is younger
      this.#facts.delete(old);
    }
    const remembered = { ...fact, readAtMs };
    this.#facts.delete(key);
    this.#facts.set(key, remembered);
    return remembered;
  }
}

function readTokenTimes({ metadata }: KubeObject): TokenTimes | undefined {
  const { annotations = {} } = metadata;
  const expiresAtMs = Date.parse(annotations[ANNOTATION_TOKEN_EXPIRES_AT] ?? "");
  const issuedAtMs = Date.parse(annotations[ANNOTATION_TOKEN_ISSUED_AT] ?? "");
  if (Number.isNaN(expiresAtMs)) return undefined;
  return { expiresAtMs, issuedAtMs: Number.isNaN(issuedAtMs) ? undefined : issuedAtMs };
}
