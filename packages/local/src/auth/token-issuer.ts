import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Clock } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { listAt, numberAt, objectAt, textAt } from "../json/at.ts";

export const ISSUER = "https://kubernetes.default.svc";

export interface BoundObject {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface TokenSubject {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly uid: string;
  /** The token dies with this object. */
  readonly boundTo?: BoundObject;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What a sound token of ours says. */
export interface TokenClaims extends TokenSubject {
  readonly audiences: readonly string[];
  readonly expiresAtMs: number;
  readonly id: string;
}

const BOUND_KINDS = ["pod", "secret", "node"] as const;

/**
 * Issues and checks the tokens of service accounts: JWTs, signed with a key that lives as long as the cluster.
 *
 * Does not own: whether the account, or what the token is bound to, is still there.
 */
export class TokenIssuer {
  readonly #clock: Clock;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;

  constructor(clock: Clock) {
    this.#clock = clock;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    const der = this.#publicKey.export({ type: "spki", format: "der" });
    this.#keyId = createHash("sha256").update(der).digest("base64url");
  }

  issue(subject: TokenSubject, audiences: readonly string[], expirationSeconds: number): IssuedToken {
    const now = Math.floor(this.#clock.now() / 1000);
    const { namespace, serviceAccount, uid, boundTo } = subject;
    const bound =
      boundTo === undefined ? {} : { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } };
    const claims = {
      aud: audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: ISSUER,
      jti: randomUUID(),
      "kubernetes.io": { namespace, ...bound, serviceaccount: { name: serviceAccount, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    };
    const content = `${encode({ alg: "ES256", kid: this.#keyId })}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(content), { key: this.#privateKey, dsaEncoding: "ieee-p1363" });
    return { token: `${content}.${signature.toString("base64url")}`, expiresAtMs: (now + expirationSeconds) * 1000 };
  }

  /** The claims of a token that we signed and that has not expired; undefined for any other text. */
  read(token: string): TokenClaims | undefined {
    const [header, payload, signature, more] = token.split(".");
    if (header === undefined || payload === undefined || signature === undefined || more !== undefined)
      return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    const key = { key: this.#publicKey, dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", signed, key, Buffer.from(signature, "base64url"))) return undefined;
    const claims = readClaims(JSON.parse(Buffer.from(payload, "base64url").toString()));
    return claims.expiresAtMs > this.#clock.now() ? claims : undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function readClaims(claims: unknown): TokenClaims {
  const ours: JsonObject = objectAt(claims, "kubernetes.io");
  const boundKind = BOUND_KINDS.find((kind) => kind in ours);
  return {
    namespace: textAt(ours, "namespace"),
    serviceAccount: textAt(ours, "serviceaccount", "name"),
    uid: textAt(ours, "serviceaccount", "uid"),
    audiences: listAt(claims, "aud").map(String),
    expiresAtMs: (numberAt(claims, "exp") ?? 0) * 1000,
    id: textAt(claims, "jti"),
    ...(boundKind === undefined
      ? {}
      : { boundTo: { kind: boundKind, name: textAt(ours, boundKind, "name"), uid: textAt(ours, boundKind, "uid") } }),
  };
}

/** Compares secrets in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
